// The list of alerts: at which level, when, which board, what changed; show its window, acknowledge it.

import { send } from "./api.js";
import { pinWindow } from "./board.js";
import { deleteButton } from "./confirm.js";
import { $, keepRows, make, setText } from "./dom.js";
import { nameOf, nowUs, state } from "./state.js";
import { clockTime, lasted, MOUNTING, sayLevel, toneOfLevel } from "./words.js";

const MOST_SHOWN = 50;
const NAMES = { notice: "Notice", alarm: "Alarm" };

export function drawAlerts() {
  const alerts = state.alerts.slice(0, MOST_SHOWN);
  $("#no-alerts").hidden = alerts.length > 0;
  const rows = keepRows($("#alert-rows"), alerts.map((alert) => alert.id), createRow);
  rows.forEach((row, k) => drawRow(row, alerts[k]));
}

// Say an alert that has just begun or risen: an alarm at once, a notice when the reader has come to an end.
/** @param {Alert} alert */
export function announce(alert) {
  if (alert.ended_us || alert.acknowledged_us) return;
  $("#announcer").setAttribute("aria-live", alert.level === "alarm" ? "assertive" : "polite");
  setText($("#announcer"), `${NAMES[alert.level]}: ${nameOf(alert.device)}. ${alert.why ?? ""}`);
}

function createRow(id) {
  const show = make("button", { type: "button", textContent: "Show this window" });
  show.addEventListener("click", () => {
    const alert = state.alerts.find((other) => other.id === id);
    if (alert) pinWindow(alert);
  });
  const seen = make("button", { type: "button", className: "seen answer", textContent: "Acknowledge" });
  seen.addEventListener("click", () => send("PATCH", `/api/v1/alerts/${id}`, { acknowledged: true }).catch(() => {}));
  const level = make("span", { className: "state" });
  const when = make("span", { className: "quiet" });
  const what = make("div", {}, level, " ", make("strong"), " ", when, make("p"), make("p", { className: "change" }));
  const gone = deleteButton("this alert", "administer", () => send("DELETE", `/api/v1/alerts/${id}`).catch(() => {}));
  return make("li", {}, what, make("div", { className: "buttons" }, show, seen, gone));
}

/** @param {any} row @param {Alert} alert */
function drawRow(row, alert) {
  const name = nameOf(alert.device);
  const isOn = !alert.ended_us;
  row.dataset.tone = isOn ? toneOfLevel(alert.level) : "off";
  $(".state", row).dataset.tone = toneOfLevel(alert.level);
  setText($(".state", row), alert.level);
  setText($("strong", row), name);
  setText($(".quiet", row), sayWhen(alert, isOn));
  setText($("p", row), sayLevel(alert.level, alert.baseline_s));
  setText($(".change", row), sayChange(alert));
  const [show, seen] = row.querySelectorAll("button");
  show.setAttribute("aria-label", `Show this window of ${name}`);
  seen.disabled = Boolean(alert.acknowledged_us);
  $(".delete", row).hidden = isOn;
  setText(seen, alert.acknowledged_us ? "Acknowledged" : "Acknowledge");
}

/** @param {Alert} alert @param {boolean} isOn */
function sayWhen(alert, isOn) {
  const length = lasted((alert.ended_us ?? nowUs()) - alert.started_us);
  const raised = alert.raised_us ? `, an alarm since ${clockTime(alert.raised_us, nowUs())}` : "";
  return `${clockTime(alert.started_us, nowUs())}${raised} · ${isOn ? "on for" : "over after"} ${length}`;
}

/** @param {Alert} alert */
function sayChange(alert) {
  const why = alert.why ?? `judged by the ${alert.judged_by}; its model is not known here`;
  return `What changed: ${why}${alert.mounting_changed ? `. ${MOUNTING}` : ""}`;
}
