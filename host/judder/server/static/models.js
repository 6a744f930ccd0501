// The models the server keeps: which one it judges with, which boards have one of their own.

import { send } from "./api.js";
import { $, keepRows, make, sayError, setText } from "./dom.js";
import { nameOf, state } from "./state.js";
import { word } from "./text.js";
import { rate } from "./words.js";

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
  put.addEventListener("click", () => {
    sayError("#model-error", send("PATCH", `/api/v1/devices/${board.value}`, { model: modelId }));
  });
  const choice = make("div", { className: "buttons choice administer" }, board, put);
  return make("li", {}, what, choice, service);
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
  setText(button, model.in_service ? "In service" : "Put in service");
  button.setAttribute("aria-label", `${button.textContent}: ${model.model_id}`);
}

// What boards that were told to fetch the model say.
function ordersOf(modelId) {
  const waiting = [...state.boards.values()].filter(({ order }) => order && order.model_id === modelId && !order.done);
  return waiting.map(({ device_id: id, order }) =>
    order?.error ? `${nameOf(id)} does not run it: ${order.error}` : `${nameOf(id)} is told to fetch it`);
}

function drawChoice(choice, modelId) {
  const others = [...state.boards.values()].filter((b) => b.takes_models && b.status.model_id !== modelId);
  const keys = others.map((board) => board.device_id);
  const options = keepRows($("select", choice), keys, (value) => make("option", { value }));
  options.forEach((option, k) => setText(option, nameOf(keys[k])));
  choice.hidden = others.length === 0;
}
