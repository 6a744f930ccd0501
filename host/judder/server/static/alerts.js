// The list of alerts: when, which board, what drove it; show its window, acknowledge it.

import { send } from "./api.js";
import { pinWindow } from "./board.js";
import { $, keepRows, make, setText } from "./dom.js";
import { nameOf, nowUs, state } from "./state.js";
import { clockTime, lasted } from "./words.js";

const MOST_SHOWN = 50;

export function drawAlerts() {
  const alerts = state.alerts.slice(0, MOST_SHOWN);
  $("#no-alerts").hidden = alerts.length > 0;
  const rows = keepRows($("#alert-rows"), alerts.map((alert) => alert.id), createRow);
  rows.forEach((row, k) => drawRow(row, alerts[k]));
}

// Say an alert aloud, if it is one that has just begun.
/** @param {Alert} alert */
export function announce(alert) {
  if (alert.ended_us || alert.acknowledged_us) return;
  setText($("#announcer"), `Alert: ${nameOf(alert.device)}. ${alert.why ?? ""}`);
}

function createRow(id) {
  const show = make("button", { type: "button", textContent: "Show this window" });
  show.addEventListener("click", () => {
    const alert = state.alerts.find((other) => other.id === id);
    if (alert) pinWindow(alert);
  });
  const seen = make("button", { type: "button", className: "seen", textContent: "Acknowledge" });
  seen.addEventListener("click", () => send("PATCH", `/api/v1/alerts/${id}`, { acknowledged: true }).catch(() => {}));
  const what = make("div", {}, make("strong"), " ", make("span", { className: "quiet" }), make("p"));
  return make("li", {}, what, make("div", { className: "buttons" }, show, seen));
}

/** @param {any} row @param {Alert} alert */
function drawRow(row, alert) {
  const name = nameOf(alert.device);
  const isOn = !alert.ended_us;
  row.dataset.tone = isOn ? "bad" : "off";
  setText($("strong", row), name);
  const length = lasted((alert.ended_us ?? nowUs()) - alert.started_us);
  const end = isOn ? `on for ${length}` : `over after ${length}`;
  setText($(".quiet", row), `${clockTime(alert.started_us, nowUs())} · ${end}`);
  setText($("p", row), alert.why ?? `judged by the ${alert.judged_by}; its model is not known here`);
  const [show, seen] = row.querySelectorAll("button");
  show.setAttribute("aria-label", `Show this window of ${name}`);
  seen.disabled = Boolean(alert.acknowledged_us);
  setText(seen, alert.acknowledged_us ? "Acknowledged" : "Acknowledge");
}
