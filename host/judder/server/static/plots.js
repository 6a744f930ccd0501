// The three plots. Colours are the page's own, read when they are drawn, so that a change of theme is a redraw.

import uPlot from "./vendor/uPlot.esm.js";

const AXES = ["x", "y", "z"];
const HEIGHT = 210;
const TICKS = [0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const LEAST_TOP = 1.6; // thresholds
const LEAST_SPAN_S = 60;

const colour = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const fixed = (digits, unit) => (_, value) => (value == null ? "–" : `${value.toFixed(digits)} ${unit}`);

export function windowPlot(element) {
  return plot(element, {
    scales: { x: { time: false } },
    axes: [axis((value) => `${value} s`), axis()],
    series: [{ label: "time", value: fixed(3, "s") }, ...AXES.map(axisLine)],
  });
}

export function spectrumPlot(element) {
  return plot(element, {
    scales: { x: { time: false }, y: { range: (_, __, high) => [0, high || 1] } },
    axes: [axis((value) => `${value} Hz`), axis()],
    series: [{ label: "frequency", value: fixed(1, "Hz") }, ...AXES.map(axisLine)],
  });
}

// Show times in s, two scores each in its thresholds, and the level that was on: 0, 1 for a notice, 2 for an alarm.
/** @param {any} plot @param {(number | null)[][]} columns */
export function showScores(plot, [times, scores, alarmScores, levels]) {
  plot.levels = levels;
  plot.setData([times, scores, alarmScores]);
}

export function scorePlot(element) {
  return plot(element, {
    scales: {
      x: { range: ({ data: [times] }) => span(times) },
      y: { distr: 4, asinh: 1, range: (_, __, high) => [0, Math.max(LEAST_TOP, high * 1.1 || 0)] },
    },
    axes: [{ ...axis(), size: 32, space: 90, values: sayTimes }, { ...axis(), splits: ticks, filter: (_, all) => all }],
    series: [
      { label: "time", value: (_, s) => (s == null ? "–" : new Date(s * 1000).toLocaleString("en-GB")) },
      scoreLine("for a notice", "ink", 1.5),
      { ...scoreLine("for an alarm", "bad", 1.75), dash: [7, 4] },
    ],
    hooks: { drawClear: [shadeLevels], draw: [drawThreshold] },
  });
}

function plot(element, options) {
  const size = () => ({ width: Math.max(element.clientWidth, 100), height: HEIGHT });
  const cursor = { drag: { x: false, y: false }, points: { size: 5 } };
  const ownColour = (_, k) => `var(--${options.series[k].name})`; // follows the theme by itself
  const isDashed = (k) => Boolean(options.series[k].dash);
  const fill = (_, k) => (isDashed(k) ? "transparent" : ownColour(_, k));
  const legend = { markers: { fill, stroke: ownColour, dash: "dashed", width: (_, k) => (isDashed(k) ? 2 : 0) } };
  const drawn = new uPlot({ ...size(), cursor, legend, ...options }, options.series.map(() => []), element);
  new ResizeObserver(() => drawn.setSize(size())).observe(element);
  return drawn;
}

function axis(say) {
  const values = say && ((_, ticks) => ticks.map(say));
  const line = { stroke: colour("line"), width: 1 };
  const font = "12px system-ui, sans-serif";
  return { stroke: colour("quiet"), font, grid: line, ticks: { ...line, size: 4 }, size: say ? 32 : 46, values };
}

// uPlot gives a single point an axis of years.
function span(times) {
  const last = times.at(-1) ?? 0;
  return [Math.min(times[0] ?? 0, last - LEAST_SPAN_S), last];
}

// Those of TICKS that are on the axis and leave each other room.
function ticks(u) {
  const shown = TICKS.filter((tick) => tick <= u.scales.y.max);
  return shown.length > 8 ? shown.filter((tick) => tick !== 0.5 && !String(tick).startsWith("2")) : shown;
}

function sayTimes(_, times, __, ___, stepS) {
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = stepS < 86400 ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" };
  if (stepS < 60) parts.second = "2-digit";
  const format = new Intl.DateTimeFormat("en-GB", parts);
  return times.map((s) => format.format(s * 1000));
}

function axisLine(name) {
  return { name, label: name, stroke: colour(name), width: 1.25, value: fixed(2, "mg"), points: { show: false } };
}

function scoreLine(label, name, width) {
  return { name, label, stroke: colour(name), width, value: fixed(2, "thresholds"), points: { show: false } };
}

function drawThreshold(u) {
  const y = Math.round(u.valToPos(1, "y", true));
  u.ctx.save();
  u.ctx.strokeStyle = colour("quiet")();
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  u.ctx.beginPath();
  u.ctx.moveTo(u.bbox.left, y);
  u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
  u.ctx.stroke();
  u.ctx.restore();
}

// Hatch the times of a notice, and shade those of an alarm: told apart without colours, too.
function shadeLevels(u) {
  const [times] = u.data;
  const { levels = [] } = u;
  u.ctx.save();
  for (let k = 0; k < times.length; k++) {
    if (!levels[k]) continue;
    const start = k;
    while (levels[k + 1] === levels[start]) k++;
    const left = u.valToPos(times[start], "x", true);
    const right = u.valToPos(times[Math.min(k + 1, times.length - 1)], "x", true);
    u.ctx.fillStyle = levels[start] === 2 ? colour("shade")() : hatching(u.ctx);
    u.ctx.fillRect(left, u.bbox.top, Math.max(right - left, 2 * devicePixelRatio), u.bbox.height);
  }
  u.ctx.restore();
}

/** @param {CanvasRenderingContext2D} context */
function hatching(context) {
  const size = 8 * devicePixelRatio;
  const tile = new OffscreenCanvas(size, size);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
  pen.strokeStyle = colour("hatch")();
  pen.lineWidth = 1.5 * devicePixelRatio;
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset, size);
    pen.lineTo(offset + size, 0);
  }
  pen.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}
