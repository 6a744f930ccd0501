// Numbers and states, as people read them.

import { MEANINGS } from "./states.js"; // made by the server, from judder_core.states

const TONES = {
  normal: "good",
  notice: "warn",
  "unknown mode": "warn",
  alarm: "bad",
  standstill: "off",
  "mounting changed": "moved",
  "sensor fault": "fault",
  "safe mode": "fault",
  "not judged": "fault",
  offline: "off",
};
export const WORST_FIRST = [
  "alarm", "sensor fault", "safe mode", "notice", "unknown mode", "mounting changed", "not judged", "offline",
  "learning", "standstill", "normal",
];
export const toneOf = (state) => TONES[state] ?? "learn";
export const toneOfLevel = (level) => (level === "alarm" ? "bad" : "warn");
export const meaningOf = (state) => MEANINGS[state] ?? "";

export function ago(us, nowUs) {
  if (!us) return "not yet";
  const s = Math.max(0, Math.round((nowUs - us) / 1e6));
  if (s < 3) return "now";
  if (s < 90) return `${s} s ago`;
  if (s < 5400) return `${Math.round(s / 60)} min ago`;
  return s < 129600 ? `${Math.round(s / 3600)} h ago` : `${Math.round(s / 86400)} days ago`;
}

export function lasted(us) {
  const s = Math.max(1, Math.round(us / 1e6));
  if (s < 90) return `${s} s`;
  return s < 5400 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;
}

export const MOUNTING = "The mounting changed, too: it hangs another way than in training.";

// What a notice or an alarm says, of a machine that was recorded for so many seconds, or nobody knows how long.
export function sayLevel(level, baselineS) {
  if (level === "alarm") return "Beyond what another day plausibly shows.";
  const known = baselineS == null ? "what" : `the ${lasted(baselineS * 1e6)}`;
  return `Different from ${known} it knows: is this still fine?`;
}

export function clockTime(us, nowUs) {
  const date = new Date(us / 1000);
  const isToday = date.toDateString() === new Date(nowUs / 1000).toDateString();
  const time = date.toLocaleTimeString("en-GB");
  return isToday ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

export function short(value, digits = 3) {
  return value == null ? "–" : String(Number(value.toPrecision(digits)));
}

// Hz with four digits: a frame carries float32, a clock is not better than that.
export const rate = (hz) => `${short(hz, hz < 1000 ? 4 : Math.ceil(Math.log10(hz + 1)))} Hz`;

// A bound is rounded up: a score beyond the calibration is rarer, and nobody knows how much.
export function pValue(value, isBound) {
  if (!isBound) return short(value, 2);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return `< ${short(Math.ceil(value / unit - 1e-6) * unit, 2)}`;
}

export const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
