// Recordings: start one, watch it fill, stop it, and what to do with it then.

import { send } from "./api.js";
import { deleteButton } from "./confirm.js";
import { $, keepRows, make, sayError, setText } from "./dom.js";
import { nameOf, state } from "./state.js";
import { word } from "./text.js";
import { plural } from "./words.js";

const MOST_SHOWN = 6;

export function startRecording() {
  $("#record-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { condition, windows, device } = Object.fromEntries(new FormData(event.target));
    await sayError("#record-error", send("POST", "/api/v1/recordings", {
      condition: String(condition).trim(),
      windows: Number(windows),
      device: device || null,
      resume: true,
    }));
  });
}

export function drawRecordings() {
  const newest = state.recordings.toReversed().slice(0, MOST_SHOWN);
  const rows = keepRows($("#recordings"), newest.map(({ id }) => id), createRow);
  rows.forEach((row, k) => drawRow(row, newest[k]));
  const conditions = [...new Set(state.recordings.filter(({ state: word }) => word !== "trash").map(({ condition }) => condition))];
  keepRows($("#conditions"), conditions, (value) => make("option", { value }));
  const done = newest.find(({ state: word }) => word === "done");
  $("#record-next").hidden = !done;
  if (done) drawNext(done.condition);
  drawBoards();
}

function createRow(id) {
  const bar = make("progress");
  const stop = make("button", { type: "button", className: "administer", textContent: "Stop" });
  stop.addEventListener("click", () => {
    sayError("#record-error", send("PATCH", `/api/v1/recordings/${id}`, { state: "stopped" }));
  });
  const back = make("button", { type: "button", className: "back administer", textContent: "Take back" });
  back.addEventListener("click", () => {
    sayError("#record-error", send("PATCH", `/api/v1/recordings/${id}`, { state: "stopped" }));
  });
  const gone = deleteButton("this recording", "administer", () => {
    sayError("#record-error", send("DELETE", `/api/v1/recordings/${id}`));
  });
  return make("li", {}, make("span", { className: "what" }), stop, back, gone, bar);
}

/** @param {any} row @param {Recording} recording */
function drawRow(row, { condition, device, recorded, wanted, state: word }) {
  const isRunning = word === "running";
  const count = wanted ? `${recorded} of ${plural(wanted, "window")}` : plural(recorded, "window");
  const of = device ? ` of ${nameOf(device)}` : "";
  setText($(".what", row), `${condition}: ${count}${of}${isRunning ? "" : `, ${word}`}`);
  const bar = $("progress", row);
  bar.hidden = !isRunning;
  bar.max = wanted ?? 1;
  bar.value = wanted ? recorded : 0;
  bar.setAttribute("aria-label", `Recording ${condition}`);
  const stop = $("button", row);
  stop.hidden = !isRunning;
  stop.setAttribute("aria-label", `Stop recording ${condition}`);
  $(".back", row).hidden = word !== "trash";
  $(".delete", row).hidden = isRunning;
}

function drawNext(condition) {
  const command = `judder train --data ${word(state.dataDir)} --normal ${word(condition)} --out fan.judder.json`;
  if ($("#record-next code")?.textContent === command) return;
  $("#record-next").replaceChildren("Next: ", make("code", { textContent: command }));
}

function drawBoards() {
  const select = $("#record-form select");
  const keys = ["", ...state.boards.keys()];
  const options = keepRows(select, keys, (value) => make("option", { value }));
  options.forEach((option, k) => setText(option, keys[k] ? nameOf(keys[k]) : "every board"));
}
