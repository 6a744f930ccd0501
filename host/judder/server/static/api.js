// Requests to the server, with its token where it asks for one. Errors are the server's own sentences.

const KEY = "judder-token";

let asking = null; // the promise of a token, while the dialog is open

export class RequestRefused extends Error {}
export class ServerGone extends Error {}

export async function open(path, { headers = {}, ...how } = {}) {
  for (;;) {
    const token = localStorage.getItem(KEY);
    const authorization = token ? { Authorization: `Bearer ${token}` } : {};
    const response = await fetch(path, { ...how, headers: { ...headers, ...authorization } }).catch(gone);
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

async function read(response) {
  const answer = await response.json().catch(gone);
  if (!response.ok) throw new RequestRefused(`${answer.error} ${answer.hint}`.trim());
  return answer;
}

function gone() {
  throw new ServerGone("The server does not answer.");
}

async function askForToken() {
  const dialog = document.querySelector("#token-dialog");
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  localStorage.setItem(KEY, dialog.querySelector("input").value);
  asking = null;
}
