// The page: the server's events come in, and what they change is drawn, a few times a second at most.

import { startAccess } from "./access.js";
import { announce, drawAlerts } from "./alerts.js";
import { drawBoard, followWindow, redrawPlots, selectBoard, startBoard } from "./board.js";
import { chooseCard, drawCards } from "./cards.js";
import { $, setText } from "./dom.js";
import { follow } from "./events.js";
import { drawHealth } from "./health.js";
import { drawLearning, startLearning } from "./learning.js";
import { drawLogin, startLogin } from "./login.js";
import { drawModels, startModels } from "./models.js";
import { drawRecordings, startRecording } from "./recording.js";
import { load, state, take } from "./state.js";
import { startTheme } from "./theme.js";

const DRAW_EVERY_MS = 250; // of a few boards; each ten more add as much again, up to TICK_MS
const TICK_MS = 1000; // "3 s ago" becomes 4
const DRAWS = {
  cards: drawCards,
  board: drawBoard,
  alerts: drawAlerts,
  learning: drawLearning,
  recordings: drawRecordings,
  models: drawModels,
  health: drawHealth,
};
const CHANGES = {
  window: ["cards", "board"],
  board: ["cards", "board", "learning", "models"],
  alert: ["alerts"],
  recording: ["recordings", "learning"],
  model: ["models"],
  health: ["health", "board"],
};

const dirty = new Set();
/** @type {string | null} */
let selected = null;
/** @type {number | null} */
let drawing = null;

async function onEvent(kind, data) {
  if (kind === "resync") return resync();
  if (await take[kind]?.(data)) draw(Object.keys(DRAWS));
  if (kind === "window") followWindow(data);
  if (kind === "alert") announce(data);
  if (!selected && state.boards.size) select();
  draw(CHANGES[kind] ?? []);
}

async function resync() {
  await load();
  drawLogin();
  draw(Object.keys(DRAWS));
  await select();
}

// Draw parts soon; what is asked for meanwhile is drawn with them.
function draw(parts) {
  for (const part of parts) dirty.add(part);
  const pauseMs = Math.min(TICK_MS, DRAW_EVERY_MS * (1 + state.boards.size / 10));
  if (dirty.size) drawing ??= setTimeout(drawNow, pauseMs);
}

function drawNow() {
  drawing = null;
  const parts = [...dirty];
  dirty.clear();
  for (const part of parts) DRAWS[part]();
}

// Show the board that the address names, else the first.
async function select() {
  const named = decodeURIComponent(location.hash.replace("#board=", ""));
  selected = state.boards.has(named) ? named : (state.boards.keys().next().value ?? null);
  chooseCard(selected);
  draw(["cards"]);
  await selectBoard(selected);
}

function onConnection(isLive) {
  document.body.classList.toggle("gone", !isLive);
  setText($("#connection"), isLive ? "live" : "no connection, trying again");
}

startTheme(redrawPlots);
startBoard();
startLearning();
startRecording();
startModels();
startAccess();
addEventListener("hashchange", select);
setInterval(() => draw(["cards", "alerts"]), TICK_MS);
await startLogin();
follow(onEvent, onConnection);
