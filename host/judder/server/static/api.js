// Requests to the server, which knows by a cookie who asks. Errors are the server's own sentences.

import { $, setText } from "./dom.js";

/** @type {Promise<void> | null} */
let asking = null; // while the dialog for the token is open
let logins = 0;

export class RequestRefused extends Error {
  status = 0;
}
export class ServerGone extends Error {}

/** path: from where the page is on, which behind a proxy need not be the root.
 * @param {string} path @param {RequestInit} how @returns {Promise<Response>} */
export async function open(path, how = {}) {
  for (;;) {
    const before = logins;
    const response = await fetch(`.${path}`, how).catch(gone);
    if (response.status !== 401) return response;
    if (before === logins) await (asking ??= askForToken());
  }
}

export async function get(path) {
  return read(await open(path));
}

export async function send(method, path, value) {
  return read(await open(path, withBody(method, value)));
}

export async function logIn(token) {
  await read(await fetch("./api/v1/session", withBody("POST", { token })).catch(gone));
  logins += 1;
}

function withBody(method, value) {
  const body = value instanceof Blob ? value : JSON.stringify(value);
  return { method, body, headers: { "Content-Type": "application/json" } };
}

/** @param {Response} response */
async function read(response) {
  const answer = await response.json().catch(gone);
  if (!response.ok) {
    throw Object.assign(new RequestRefused(`${answer.error} ${answer.hint}`.trim()), { status: response.status });
  }
  return answer;
}

/** @returns {never} */
function gone() {
  throw new ServerGone("The server does not answer.");
}

async function askForToken() {
  const [dialog, form] = [$("#token-dialog"), $("#token-form")];
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  await new Promise((done) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      await logIn($("input", form).value).then(done, ({ message }) => setText($("#token-error"), message));
    };
  });
  form.reset();
  setText($("#token-error"), "");
  dialog.close();
  asking = null;
}
