// Numbers and states, as people read them.

const TONES = {
  normal: "good",
  suspect: "warn",
  "unknown mode": "warn",
  anomaly: "bad",
  "mounting changed": "moved",
  "sensor fault": "fault",
  offline: "off",
};
export const WORST_FIRST = [
  "anomaly", "sensor fault", "suspect", "unknown mode", "mounting changed", "offline", "learning", "normal",
];
const MEANINGS = {
  learning: "No model judges this board yet: let it learn what is normal.",
  collecting: "This board sends windows and judges nothing: its task is collect.",
  starting: "Nothing was judged yet.",
  normal: "It shakes as in training.",
  disturbed: "The sensor was bumped just now; the window counts for nothing.",
  suspect: "The last windows together are over the threshold.",
  "unknown mode": "Far from every operating mode and steady: a new speed, or a strong fault.",
  anomaly: "The alert is on.",
  "mounting changed": "It hangs another way than in training. No alerts until it is trained again, or hung back.",
  "sensor fault": "No samples come, or an axis does not move.",
  offline: "Not heard for 30 seconds.",
};

export const toneOf = (state) => TONES[state] ?? "learn";
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

export function clockTime(us, nowUs) {
  const date = new Date(us / 1000);
  const isToday = date.toDateString() === new Date(nowUs / 1000).toDateString();
  const time = date.toLocaleTimeString("en-GB");
  return isToday ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

export function short(value, digits = 3) {
  return value == null ? "–" : String(Number(value.toPrecision(digits)));
}

export const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
