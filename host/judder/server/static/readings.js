// A window drawn and put into words: what the plots show, for those who do not see them.

import { $, setText } from "./dom.js";
import { amplitudes, frequencies } from "./spectrum.js";
import { pValue, short } from "./words.js";

const AXES = ["x", "y", "z"];
const MG = 1000;

/** @param {StoredWindow} stored @param {any} plots */
export function drawWindow(stored, plots) {
  const means = AXES.map((axis) => mean(stored[axis]));
  const axes = AXES.map((axis, k) => stored[axis].map((value) => (value - means[k]) * MG));
  const spectra = axes.map(amplitudes);
  const bins = frequencies(axes[0].length, stored.sample_rate_hz);
  plots.window.setData([axes[0].map((_, k) => k / stored.sample_rate_hz), ...axes]);
  plots.spectrum.setData([bins, ...spectra]);
  const pose = AXES.map((axis, k) => `${axis} ${means[k].toFixed(2)}`).join(", ").replaceAll("-", "−");
  setText($("#say-window"), `Number ${stored.seq}. Hangs at ${pose} g. Score ${sayScore(stored)}.`);
  setText($("#say-spectrum"), sayStrongest(bins, spectra));
}

/** @param {Board} board */
export function sayScores({ last }) {
  if (last.combined_score == null) return "No score yet: it takes several windows that are judged.";
  const p = last.p_value == null ? "" : `, p-value ${pValue(last.p_value, last.p_value_is_bound)}`;
  return `Now ${short(last.combined_score)}, threshold ${short(last.combined_threshold)}${p}.${sayAlarmScore(last)}`;
}

/** @param {Partial<Answer>} last */
function sayAlarmScore({ alarm_score: score, alarm_threshold: threshold }) {
  return score == null ? "" : ` For an alarm ${short(score)}, threshold ${short(threshold)}.`;
}

function sayScore({ score, threshold }) {
  if (score == null) return "none";
  return threshold == null ? short(score) : `${short(score)} by itself, threshold ${short(threshold)}`;
}

function sayStrongest(bins, spectra) {
  let best = { value: -1 };
  spectra.forEach((spectrum, axis) =>
    spectrum.forEach((value, k) => {
      if (k > 0 && value > best.value) best = { value, axis: AXES[axis], hz: bins[k] };
    }),
  );
  return `The strongest line is at ${best.hz.toFixed(1)} Hz: ${short(best.value)} mg on ${best.axis}.`;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
