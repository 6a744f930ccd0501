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

// Show times in s, scores in thresholds, and whether an alert was on (1 or 0).
/** @param {any} plot @param {(number | null)[][]} columns */
export function showScores(plot, [times, scores, alerts]) {
  plot.alerts = alerts;
  plot.setData([times, scores]);
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
      { label: "score", stroke: colour("ink"), width: 1.5, value: fixed(2, "thresholds"), points: { show: false } },
    ],
    hooks: { drawClear: [shadeAlerts], draw: [drawThreshold] },
  });
}

function plot(element, options) {
  const size = () => ({ width: Math.max(element.clientWidth, 100), height: HEIGHT });
  const cursor = { drag: { x: false, y: false }, points: { size: 5 } };
  const fill = (u, k) => u.series[k].stroke?.(u, k) ?? "transparent";
  const legend = { markers: { fill, width: 0 } };
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
  return { label: name, stroke: colour(name), width: 1.25, value: fixed(2, "mg"), points: { show: false } };
}

function drawThreshold(u) {
  const y = Math.round(u.valToPos(1, "y", true));
  u.ctx.save();
  u.ctx.strokeStyle = colour("bad")();
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  u.ctx.beginPath();
  u.ctx.moveTo(u.bbox.left, y);
  u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
  u.ctx.stroke();
  u.ctx.restore();
}

function shadeAlerts(u) {
  const [times] = u.data;
  const { alerts = [] } = u;
  u.ctx.save();
  u.ctx.fillStyle = colour("shade")();
  for (let k = 0; k < times.length; k++) {
    if (!alerts[k]) continue;
    const start = k;
    while (alerts[k + 1]) k++;
    const left = u.valToPos(times[start], "x", true);
    const right = u.valToPos(times[Math.min(k + 1, times.length - 1)], "x", true);
    u.ctx.fillRect(left, u.bbox.top, Math.max(right - left, 2 * devicePixelRatio), u.bbox.height);
  }
  u.ctx.restore();
}
