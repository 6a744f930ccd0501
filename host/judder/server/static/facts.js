// What a board says of itself, as a list of facts.

import { keepRows, make, setText, $ } from "./dom.js";
import { plural } from "./words.js";

/** @type {Record<string, (board: Board) => string>} */
const FACTS = {
  Rate: ({ status: s }) => (s.sample_rate_hz ? `${s.sample_rate_hz.toFixed(1)} Hz` : "–"),
  Jitter: ({ status: s }) => (s.late_samples == null ? "–" : plural(s.late_samples, "late sample")),
  Signal: ({ status: s }) => (s.signal_dbm == null ? "–" : `${s.signal_dbm} dBm`.replace("-", "−")),
  "Free memory": ({ status: s }) => sayMemory(s.free_memory, s.largest_free),
  Windows: ({ windows }) => windows.toLocaleString("en"),
  Lost: ({ lost }) => plural(lost, "window"),
  "Not judged": ({ status: s }) => (s.unjudged == null ? "–" : plural(s.unjudged, "window")),
  "Last start": ({ status: s }) => s.reset_reason ?? "–",
  Model: ({ status: s, last }) => s.model_id ?? (last.model_id ? `${last.model_id}, on the server` : "none"),
  Mode: ({ last }) => last.mode ?? "–",
  Firmware: ({ status: s }) => s.firmware ?? "–",
};
const TROUBLES = {
  why: "",
  sensor_error: "Sensor: ",
  last_error: "Last error: ",
  wifi_error: "When Wi-Fi was gone: ",
  uplink_error: "When the server was gone: ",
  model_error: "",
  fetch_error: "",
};

// Sentences: what a board says went wrong with it, each once. An old board says few of them, or none.
/** @param {Board} board */
export function troublesOf({ status }) {
  const keys = Object.keys(TROUBLES).filter((key) => status[key]);
  const news = keys.filter((key) => key === "why" || status[key] !== status.why);
  return news.map((key) => `${TROUBLES[key]}${status[key]}`);
}

export function drawFacts(list, board) {
  const names = Object.keys(FACTS);
  const rows = keepRows(list, names, (name) => make("div", {}, make("dt", { textContent: name }), make("dd")));
  rows.forEach((row, k) => setText($("dd", row), FACTS[names[k]](board)));
}

function sayMemory(free, largest) {
  if (free == null) return "–";
  const whole = `${Math.round(free / 1024)} kB`;
  return largest == null ? whole : `${whole}, and a block of ${Math.round(largest / 1024)}`;
}
