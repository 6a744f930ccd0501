// The models the server keeps: which one it judges with, which boards have one of their own.

import { send } from "./api.js";
import { deleteButton } from "./confirm.js";
import { $, keepRows, make, sayError, setText } from "./dom.js";
import { nameOf, state } from "./state.js";
import { word } from "./text.js";
import { rate } from "./words.js";

const ALL = "*";

export function startModels() {
  $("#model-file").addEventListener("change", async ({ target }) => {
    if (target.files.length) await sayError("#model-error", send("POST", "/api/v1/models", target.files[0]));
    target.value = "";
  });
}

export function drawModels() {
  const models = state.models;
  $("#no-models").hidden = models.length > 0;
  const train = `judder train --data ${word(state.dataDir)} --normal normal --out fan.judder.json`;
  $("#no-models code").textContent = train; // to copy: without the marks of setText
  const rows = keepRows($("#model-rows"), models.map((model) => model.model_id), createRow);
  rows.forEach((row, k) => drawRow(row, models[k]));
  const newest = models.find((model) => model.in_service) ?? models.at(-1);
  $("#deploy-command").hidden = !newest;
  const file = `${state.modelFolder}/${newest?.model_id}.judder.json`;
  $("#deploy-command").textContent = `judder deploy --port /dev/ttyUSB0 --config attic.json --model ${word(file)}`;
}

function createRow(modelId) {
  const service = make("button", { type: "button", className: "service administer" });
  service.addEventListener("click", () => {
    sayError("#model-error", send("PATCH", `/api/v1/models/${encodeURIComponent(modelId)}`, { in_service: true }));
  });
  const what = make("div", {}, make("strong", { textContent: modelId }), make("p", { className: "quiet" }));
  const board = make("select", { ariaLabel: `Board to put ${modelId} on` });
  const put = make("button", { type: "button", textContent: "Put on board", ariaLabel: `Put on board: ${modelId}` });
  put.addEventListener("click", () => sayError("#model-error", order(modelId, board)));
  const choice = make("div", { className: "buttons choice administer" }, board, put);
  const gone = deleteButton(modelId, "administer", () => {
    sayError("#model-error", send("DELETE", `/api/v1/models/${encodeURIComponent(modelId)}`));
  });
  return make("li", {}, what, choice, service, gone);
}

/** @param {any} row @param {KeptModel} model */
function drawRow(row, model) {
  const boards = [...state.boards.values()].filter(({ status }) => status.model_id === model.model_id);
  const names = boards.map(({ device_id: id }) => nameOf(id));
  const on = names.length > 3 ? `on ${names.length} boards` : names.length ? `on ${names.join(", ")}` : "on no board";
  const signal = `${model.window_len} samples at ${rate(model.sample_rate_hz)}`;
  setText($("p", row), [signal, on, ...ordersOf(model.model_id)].join(" · "));
  drawChoice($(".choice", row), model.model_id);
  const button = $(".service", row);
  button.disabled = model.in_service;
  $(".delete", row).hidden = model.in_service;
  setText(button, model.in_service ? "In service" : "Put in service");
  button.setAttribute("aria-label", `${button.textContent}: ${model.model_id}`);
}

// Have the boards that are chosen fetch the model: of a group one first, the others once it has run there well.
async function order(modelId, choice, anyway = false) {
  const all = [...choice.options].map(({ value }) => value).filter((value) => value !== ALL);
  const asked = choice.value === ALL
    ? send("POST", `/api/v1/models/${encodeURIComponent(modelId)}/boards`, { devices: all, anyway })
    : send("PATCH", `/api/v1/devices/${choice.value}`, { model: modelId, anyway });
  return asked.catch((error) => {
    // A model that would have alarmed lately: only a person knows whether something was wrong then.
    if (anyway || error.status !== 409 || !window.confirm(`${error.message}\n\nPut it there all the same?`)) throw error;
    return order(modelId, choice, true);
  });
}

// What boards that were told to fetch the model say.
function ordersOf(modelId) {
  const told = [...state.boards.values()].filter(({ order }) => order && order.model_id === modelId && !order.passed);
  return told.map(({ device_id: id, order }) => (order ? `${nameOf(id)} ${stepOf(order)}` : ""));
}

/** @param {Order} order */
function stepOf(order) {
  if (order.error) return `does not run it: ${order.error}`;
  if (order.after) return `waits until ${nameOf(order.after)} has run it for a minute`;
  const back = order.why ? ` again: ${order.why}` : "";
  return order.done ? `runs it on trial${back}` : `is told to fetch it${back}`;
}

function drawChoice(choice, modelId) {
  const others = [...state.boards.values()].filter((b) => b.takes_models && b.status.model_id !== modelId);
  const keys = others.map((board) => board.device_id);
  if (keys.length > 1) keys.push(ALL);
  const options = keepRows($("select", choice), keys, (value) => make("option", { value }));
  options.forEach((option, k) => setText(option, keys[k] === ALL ? `all ${others.length}, one first` : nameOf(keys[k])));
  choice.hidden = others.length === 0;
}
