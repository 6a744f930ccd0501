// What the page knows: the server's answers, kept up to date by its events. Parts draw from it.

import { get } from "./api.js";

const ALERTS_KEPT = 200;
const RECENT_KEPT = 64;

export const state = {
  /** @type {Map<string, Board>} */
  boards: new Map(), // by device id, as GET /api/v1/devices has them
  /** @type {Alert[]} */
  alerts: [], // the newest first
  /** @type {Recording[]} */
  recordings: [],
  dataDir: "",
  /** @type {KeptModel[]} */
  models: [],
  modelFolder: "",
  session: { name: "", role: "look", needed: false },
  /** @type {Health} */
  health: { status: "ok", problems: [] },
};

let serverUs = 0;
let heardAt = 0;

// The server's clock now, in microseconds; a page's own may be wrong.
export function nowUs() {
  return serverUs + (performance.now() - heardAt) * 1000;
}

export async function load() {
  const [devices, alerts, recordings, models, session, health] = await Promise.all([
    get("/api/v1/devices"),
    get(`/api/v1/alerts?limit=${ALERTS_KEPT}`),
    get("/api/v1/recordings"),
    get("/api/v1/models"),
    get("/api/v1/session"),
    get("/api/v1/health"),
  ]);
  setClock(devices);
  state.boards = new Map(devices.devices.map((board) => [board.device_id, board]));
  state.boards = new Map([...state.boards].sort(([, a], [, b]) => byName(a, b)));
  state.alerts = alerts.alerts;
  state.recordings = recordings.recordings;
  state.dataDir = recordings.data_dir;
  state.models = models.models;
  state.modelFolder = models.folder;
  state.session = session;
  state.health = health;
}

// Take in one event. Those of a board return whether it is new, or goes by another name or model.
export const take = {
  time: setClock,
  /** @param {Summary} news */
  window(news) {
    /** @type {Board} */
    const board = { recent: [], status: {}, ...state.boards.get(news.device_id), ...news };
    const { combined_score: score, combined_threshold: threshold } = news.last;
    if (score != null) board.recent = [...board.recent, score / threshold].slice(-RECENT_KEPT);
    state.boards.set(board.device_id, board);
  },
  /** @param {Board} news */
  board(news) {
    const [before, called] = [state.boards.get(news.device_id)?.status, nameOf(news.device_id)];
    state.boards.set(news.device_id, news);
    const isOther = called !== nameOf(news.device_id) || before?.model_id !== news.status.model_id;
    if (isOther) state.boards = new Map([...state.boards].sort(([, a], [, b]) => byName(a, b)));
    return isOther;
  },
  /** @param {Alert} alert */
  alert(alert) {
    const others = state.alerts.filter(({ id }) => id !== alert.id);
    state.alerts = [...others, alert].sort((a, b) => b.id - a.id).slice(0, ALERTS_KEPT);
  },
  /** @param {Recording} recording */
  recording(recording) {
    const others = state.recordings.filter(({ id }) => id !== recording.id);
    state.recordings = [...others, recording].sort((a, b) => a.id - b.id);
  },
  /** @param {Health} health */
  health(health) {
    state.health = health;
  },
  async model() {
    ({ models: state.models, folder: state.modelFolder } = await get("/api/v1/models"));
  },
};

export function nameOf(deviceId) {
  const board = state.boards.get(deviceId);
  return board?.label ?? board?.status.name ?? deviceId;
}

function setClock({ server_time_us: us }) {
  serverUs = us;
  heardAt = performance.now();
}

function byName(a, b) {
  return nameOf(a.device_id).localeCompare(nameOf(b.device_id), "en", { numeric: true });
}
