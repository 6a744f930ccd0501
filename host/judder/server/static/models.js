// The models the server keeps: which one it judges with, which boards have one of their own.

import { send } from "./api.js";
import { $, keepRows, make, setText } from "./dom.js";
import { nameOf, state } from "./state.js";

export function startModels() {
  $("#model-file").addEventListener("change", async ({ target }) => {
    if (target.files.length) await change(send("POST", "/api/v1/models", target.files[0]));
    target.value = "";
  });
}

export function drawModels() {
  const models = state.models;
  $("#no-models").hidden = models.length > 0;
  const train = `judder train --data ${state.dataDir} --normal normal --out fan.judder.json`;
  setText($("#no-models code"), train);
  const rows = keepRows($("#model-rows"), models.map((model) => model.model_id), createRow);
  rows.forEach((row, k) => drawRow(row, models[k]));
  const newest = models.find((model) => model.in_service) ?? models.at(-1);
  $("#deploy-command").hidden = !newest;
  const file = `${state.modelFolder}/${newest?.model_id}.judder.json`;
  setText($("#deploy-command"), `judder deploy --port /dev/ttyUSB0 --config attic.json --model ${file}`);
}

function createRow(modelId) {
  const button = make("button", { type: "button" });
  button.addEventListener("click", () => change(send("PATCH", `/api/v1/models/${modelId}`, { in_service: true })));
  const what = make("div", {}, make("strong", { textContent: modelId }), make("p", { className: "quiet" }));
  return make("li", {}, what, button);
}

function drawRow(row, model) {
  const boards = [...state.boards.values()].filter(({ status }) => status.model_id === model.model_id);
  const names = boards.map(({ device_id: id }) => nameOf(id));
  const on = names.length > 3 ? `on ${names.length} boards` : names.length ? `on ${names.join(", ")}` : "on no board";
  setText($("p", row), `${model.window_len} samples at ${model.sample_rate_hz} Hz · ${on}`);
  const button = $("button", row);
  button.disabled = model.in_service;
  setText(button, model.in_service ? "In service" : "Put in service");
  button.setAttribute("aria-label", `${button.textContent}: ${model.model_id}`);
}

async function change(answer) {
  const error = $("#model-error");
  error.hidden = true;
  await answer.catch(({ message }) => {
    error.hidden = false;
    setText(error, message);
  });
}
