// Requests to the server, with its token where it asks for one. Errors are the server's own sentences.

import { $ } from "./dom.js";

const KEY = "judder-token";

/** @type {Promise<void> | null} */
let asking = null; // while the dialog for the token is open

export class RequestRefused extends Error {}
export class ServerGone extends Error {}

/** path: from where the page is on, which behind a proxy need not be the root.
 * @param {string} path @param {RequestInit} how @returns {Promise<Response>} */
export async function open(path, how = {}) {
  for (;;) {
    const token = localStorage.getItem(KEY);
    const headers = new Headers(how.headers);
    if (token) headers.set("Authorization", `Bearer ${token}`);
    const response = await fetch(`.${path}`, { ...how, headers }).catch(gone);
    if (response.status !== 401) return response;
    if (token === localStorage.getItem(KEY)) await (asking ??= askForToken());
  }
}

export async function get(path) {
  return read(await open(path));
}

export async function send(method, path, value) {
  const body = value instanceof Blob ? value : JSON.stringify(value);
  return read(await open(path, { method, body, headers: { "Content-Type": "application/json" } }));
}

/** @param {Response} response */
async function read(response) {
  const answer = await response.json().catch(gone);
  if (!response.ok) throw new RequestRefused(`${answer.error} ${answer.hint}`.trim());
  return answer;
}

/** @returns {never} */
function gone() {
  throw new ServerGone("The server does not answer.");
}

async function askForToken() {
  const dialog = $("#token-dialog");
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  localStorage.setItem(KEY, $("input", dialog).value);
  asking = null;
}
