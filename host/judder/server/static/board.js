// One board in full: what drove its last verdict, its window and spectrum, live or pinned, and its scores.

import { get } from "./api.js";
import { drawState } from "./cards.js";
import { $, keepRows, make, setText } from "./dom.js";
import { drawFacts, troublesOf } from "./facts.js";
import { problemsOf } from "./health.js";
import { scorePlot, showScores, spectrumPlot, windowPlot } from "./plots.js";
import { drawWindow, sayScores } from "./readings.js";
import { ScoreHistory } from "./score_history.js";
import { nameOf, nowUs, state } from "./state.js";
import { readable } from "./text.js";
import { clockTime, meaningOf, MOUNTING, sayLevel } from "./words.js";

const LEAST_PAUSE_MS = 400; // between two live windows; boards may send faster

/** @type {any} */
let plots = null; // made with the first board
/** @type {ScoreHistory | null} */
let history = null; // null while it is on its way
/** @type {Answer[] | null} */
let meanwhile = null; // answers that came since it was asked for
/** @type {string} */
let selected = "";
/** @type {Alert | null} */
let pinned = null; // the alert whose window is shown, null while live
let wantsFocus = false; // whether the way back to the live window is to get the focus
/** @type {string | null} */
let wanted = null; // path of the window to show next
let isFetching = false;

export function startBoard() {
  $("#back-to-live").addEventListener("click", backToLive);
  $("#span").addEventListener("change", () => drawHistory());
}

export function redrawPlots() {
  for (const plot of Object.values(plots ?? {})) plot.redraw();
}

export async function selectBoard(deviceId) {
  selected = deviceId;
  $("#board").hidden = !state.boards.has(selected);
  if ($("#board").hidden) return;
  plots ??= {
    window: windowPlot($("#plot-window")),
    spectrum: spectrumPlot($("#plot-spectrum")),
    scores: scorePlot($("#plot-scores")),
  };
  if (pinned?.device !== selected) pinned = null;
  drawBoard();
  drawPinned();
  await drawHistory();
}

export function drawBoard() {
  const board = state.boards.get(selected);
  if (!board) return;
  setText($("#board-name"), nameOf(selected));
  setText($("#board-place"), board.status.place ?? "");
  drawState($("#board-state"), board);
  setText($("#board-why"), sayVerdict(board));
  const oddities = [...board.quality.map(({ sentence }) => sentence), ...troublesOf(board), ...problemsOf(selected)];
  keepRows($("#board-quality"), oddities, (sentence) => make("li", { textContent: inLines(sentence) }));
  drawFacts($("#board-facts"), board);
  setText($("#say-scores"), sayScores(board));
}

// What the level means, and what drove the last verdict; else what the state means.
/** @param {Board} board */
function sayVerdict({ level, state: word, last, mounting_changed: moved }) {
  const on = state.alerts.find(({ device, ended_us: ended }) => device === selected && !ended);
  const isTold = level === "notice" || level === "alarm";
  const means = isTold ? sayLevel(level, on?.baseline_s) : last.why ? "" : meaningOf(word);
  const drove = last.why && `What drove the last verdict: ${last.why}.`;
  return [means, drove, moved && isTold && MOUNTING].filter(Boolean).join(" ");
}

// What a board says of an error may be several lines.
function inLines(text) {
  return text.split("\n").map(readable).join("\n");
}

// Take in a window event of any board.
/** @param {Summary} news */
export function followWindow(news) {
  if (news.device_id !== selected) return;
  if (!pinned) show(pathOf(news.last.device_id, news.last));
  if (history?.add(news.last)) showScores(plots.scores, history.columns());
  else if (meanwhile) meanwhile.push(news.last);
  else drawHistory();
}

// Show the window that began an alert, until somebody goes back to the live one.
/** @param {Alert} alert */
export function pinWindow(alert) {
  pinned = alert;
  wantsFocus = true;
  if (alert.device === selected) drawPinned();
  else location.hash = `#board=${alert.device}`; // which selects the board
}

function backToLive() {
  pinned = null;
  drawPinned();
}

function drawPinned() {
  $("#pinned").hidden = !pinned;
  const last = state.boards.get(selected)?.last;
  const window = pinned ?? last;
  if (window?.seq == null) return clear("No window came since the server started.");
  show(pathOf(selected, window));
  if (!pinned) return;
  const when = clockTime(pinned.started_us, nowUs());
  setText($("#pinned-what"), `The window that began the ${pinned.level} of ${when}${pinned.why ? `: ${pinned.why}` : ""}`);
  if (wantsFocus) $("#back-to-live").focus();
  wantsFocus = false;
}

/** @param {string} deviceId @param {Partial<Answer>} window */
function pathOf(deviceId, { boot_id: bootId, seq }) {
  return `/api/v1/windows/${deviceId}/${bootId}/${seq}`;
}

// Show the window at path; of those asked for while one is on its way, only the last.
async function show(path) {
  wanted = path;
  if (isFetching) return;
  isFetching = true;
  while (wanted) {
    const now = wanted;
    wanted = null;
    try {
      drawWindow(await get(now), plots);
    } catch (error) {
      if (pinned) clear(String(error instanceof Error ? error.message : error));
    }
    await new Promise((done) => setTimeout(done, LEAST_PAUSE_MS));
  }
  isFetching = false;
}

function clear(sentence) {
  for (const plot of [plots.window, plots.spectrum]) plot.setData([[], [], [], []]);
  setText($("#say-window"), sentence);
  setText($("#say-spectrum"), "");
}

async function drawHistory() {
  const mine = (meanwhile = []);
  history = null;
  const loaded = await ScoreHistory.load(selected, Number($("#span").value)).catch(() => null);
  if (mine !== meanwhile) return; // something else was asked for since
  meanwhile = null;
  if (!loaded) return; // the server is gone; the next window asks again
  history = loaded;
  for (const answer of mine) history.add(answer);
  showScores(plots.scores, history.columns());
}
