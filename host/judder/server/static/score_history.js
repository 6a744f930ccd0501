// The scores of one board over a time: thinned by the server, then followed live. Bounded: what has grown to
// twice its size is asked for anew.

import { get } from "./api.js";

const POINTS = 400;
const GAP_STEPS = 4; // a longer pause is shown as one
const LEAST_GAP_S = 10;
const LEVELS = ["normal", "notice", "alarm"];

export class ScoreHistory {
  static async load(deviceId, seconds) {
    const { scores } = await get(`/api/v1/devices/${deviceId}/scores?seconds=${seconds}&points=${POINTS}`);
    return new ScoreHistory(seconds, scores);
  }

  /** @param {number} seconds @param {ScoreStep[]} scores */
  constructor(seconds, scores) {
    this.seconds = seconds;
    this.points = scores.map((step) => toPoint(step.at_us, step.score, step.threshold, step));
  }

  // Take in the answer to a window, if it is newer than all here; return whether there was room.
  /** @param {Answer} answer */
  add(answer) {
    if (this.points.length > 2 * POINTS) return false;
    const { server_time_us: us, combined_score: score, combined_threshold: threshold } = answer;
    if (us / 1e6 > (this.points.at(-1)?.[0] ?? 0)) this.points.push(toPoint(us, score, threshold, answer));
    return true;
  }

  // Times, scores, alarm scores and levels, as the plot has them; a gap where nothing came.
  columns() {
    const longest = Math.max(LEAST_GAP_S, (GAP_STEPS * this.seconds) / POINTS);
    /** @type {(number | null)[][]} */
    const rows = [];
    let before = Infinity;
    for (const point of this.points) {
      if (point[0] - before > longest) rows.push([before + 0.001, null, null, 0]);
      rows.push(point);
      before = point[0];
    }
    return [0, 1, 2, 3].map((k) => rows.map((row) => row[k]));
  }
}

/** @returns {[number, number | null, number | null, number]} */
function toPoint(us, score, threshold, { alarm_score: alarm, alarm_threshold: most, level }) {
  const share = (value, of) => (value == null ? null : value / of);
  return [us / 1e6, share(score, threshold), share(alarm, most), Math.max(0, LEVELS.indexOf(level))];
}
