// What a board says of itself, as a list of facts.

import { keepRows, make, setText, $ } from "./dom.js";
import { plural } from "./words.js";

const FACTS = {
  Rate: ({ status: s }) => (s.sample_rate_hz ? `${s.sample_rate_hz.toFixed(1)} Hz` : "–"),
  Jitter: ({ status: s }) => (s.late_samples == null ? "–" : plural(s.late_samples, "late sample")),
  Signal: ({ status: s }) => (s.signal_dbm == null ? "–" : `${s.signal_dbm} dBm`.replace("-", "−")),
  "Free memory": ({ status: s }) => sayMemory(s.free_memory, s.largest_free),
  Windows: ({ windows }) => windows.toLocaleString("en"),
  Lost: ({ lost }) => plural(lost, "window"),
  "Not judged": ({ status: s }) => (s.not_judged == null ? "–" : plural(s.not_judged, "window")),
  "Last start": ({ status: s }) => s.reset_reason ?? "–",
  Model: ({ status: s, last }) => s.model_id ?? (last.model_id ? `${last.model_id}, on the server` : "none"),
  Firmware: ({ status: s }) => s.firmware ?? "–",
};
const TROUBLES = {
  not_judged_why: "Not judged",
  last_error: "Last error",
  wifi_error: "Wi-Fi, when it was gone",
  model_error: "Model",
  fetch_error: "Model over the network",
};

// Sentences: what a board says went wrong with it. Each board says some of them; an old one, none.
export function troublesOf({ status }) {
  const told = Object.keys(TROUBLES).filter((key) => status[key]);
  return told.map((key) => `${TROUBLES[key]}: ${status[key]}`);
}

export function drawFacts(list, board) {
  const names = Object.keys(FACTS);
  const rows = keepRows(list, names, (name) => make("div", {}, make("dt", { textContent: name }), make("dd")));
  rows.forEach((row, k) => setText($("dd", row), FACTS[names[k]](board)));
}

function sayMemory(free, largest) {
  if (free == null) return "–";
  const whole = `${Math.round(free / 1024)} kB`;
  return largest == null ? whole : `${whole}, ${Math.round(largest / 1024)} in one piece`;
}
