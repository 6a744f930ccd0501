// Learning: a board's next windows become its normal. Begin it, watch it, and what came of it.

import { send } from "./api.js";
import { $, keepRows, make, sayError, setText } from "./dom.js";
import { nameOf, state } from "./state.js";
import { plural } from "./words.js";

/** @type {Record<Learning["state"], (learning: Learning) => string>} */
const SENTENCES = {
  recording: ({ recording }) => {
    const { recorded, wanted } = state.recordings.find(({ id }) => id === recording) ?? { recorded: 0, wanted: 0 };
    return `${recorded} of ${plural(wanted, "window")}`;
  },
  training: ({ doing }) => (doing ? `training: ${doing}` : "training"),
  delivering: ({ model_id: id }) => `starts anew to fetch ${id}`,
  done: ({ model_id: id, warnings }) => [`runs ${id}.`, ...warnings].join(" "),
  failed: ({ error }) => `failed. ${error}`,
};

const OPEN = ["recording", "training", "delivering"];

export function startLearning() {
  $("#learn-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { device, windows } = Object.fromEntries(new FormData(event.target));
    await sayError("#learn-error", send("POST", `/api/v1/devices/${device}/learn`, { windows: Number(windows) }));
  });
}

export function drawLearning() {
  const able = [...state.boards.values()].filter((board) => board.takes_models);
  $("#learn-form").hidden = able.length === 0;
  $("#no-learners").hidden = able.length > 0;
  const keys = able.map((board) => board.device_id);
  const options = keepRows($("#learn-form select"), keys, (value) => make("option", { value }));
  options.forEach((option, k) => setText(option, nameOf(keys[k])));
  const learners = [...state.boards.values()].filter(({ learning }) => learning);
  const rows = keepRows($("#learnings"), learners.map((board) => board.device_id), createRow);
  rows.forEach((row, k) => drawRow(row, learners[k]));
}

function createRow(deviceId) {
  const stop = make("button", { type: "button", className: "administer", textContent: "Stop" });
  stop.addEventListener("click", () => {
    sayError("#learn-error", send("DELETE", `/api/v1/devices/${deviceId}/learn`));
  });
  return make("li", {}, make("span", { className: "what" }), stop);
}

/** @param {any} row @param {any} board one that learns, or has */
function drawRow(row, { device_id: id, learning }) {
  setText($(".what", row), `${nameOf(id)}: ${SENTENCES[learning.state](learning)}`);
  const stop = $("button", row);
  stop.hidden = !OPEN.includes(learning.state);
  stop.setAttribute("aria-label", `Stop learning ${nameOf(id)}`);
}
