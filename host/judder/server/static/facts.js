// What a board says of itself, as a list of facts.

import { keepRows, make, setText, $ } from "./dom.js";
import { plural } from "./words.js";

const FACTS = {
  Rate: ({ status: s }) => (s.sample_rate_hz ? `${s.sample_rate_hz.toFixed(1)} Hz` : "–"),
  Jitter: ({ status: s }) => (s.late_samples == null ? "–" : plural(s.late_samples, "late sample")),
  Signal: ({ status: s }) => (s.signal_dbm == null ? "–" : `${s.signal_dbm} dBm`.replace("-", "−")),
  "Free memory": ({ status: s }) => (s.free_memory == null ? "–" : `${Math.round(s.free_memory / 1024)} kB`),
  Windows: ({ windows }) => windows.toLocaleString("en"),
  Lost: ({ lost }) => plural(lost, "window"),
  Model: ({ status: s, last }) => s.model_id ?? (last.model_id ? `${last.model_id}, on the server` : "none"),
  Firmware: ({ status: s }) => s.firmware ?? "–",
};

export function drawFacts(list, board) {
  const names = Object.keys(FACTS);
  const rows = keepRows(list, names, (name) => make("div", {}, make("dt", { textContent: name }), make("dd")));
  rows.forEach((row, k) => setText($("dd", row), FACTS[names[k]](board)));
}
