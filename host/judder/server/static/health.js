// What is wrong with the server and its boards, above all else, and the messages that could not be sent.

import { get, send } from "./api.js";
import { $, keepRows, make, setText } from "./dom.js";
import { nowUs, state } from "./state.js";
import { clockTime, plural } from "./words.js";

const MOST_SHOWN = 8;
const TITLES = { ok: "", degraded: "Something needs a look", blind: "Blind: windows cannot be stored" };
const OF_BOARDS = ["silent", "not_judged", "reset_loop"]; // beside what a board says of itself

/** @type {SetAside[]} */
let messages = [];
let asked = ""; // the sentences of the problems for which messages were asked for last

export function drawHealth() {
  const { status, problems } = state.health;
  $("#health").hidden = status === "ok";
  $("#health").dataset.tone = status === "blind" || problems.some(({ severe }) => severe) ? "bad" : "warn";
  setText($("#health-title"), TITLES[status]);
  const shown = problems.slice(0, MOST_SHOWN);
  const rows = keepRows($("#health-rows"), shown.map(({ kind, about }) => `${kind} ${about}`), () => make("li"));
  rows.forEach((row, k) => {
    row.dataset.tone = shown[k].severe ? "bad" : "warn";
    setText(row, `${shown[k].sentence} Since ${clockTime(shown[k].since_us, nowUs())}`);
  });
  const more = problems.length - shown.length;
  setText($("#health-more"), more > 0 ? `and ${plural(more, "problem")} more` : "");
  askForMessages(problems.filter(({ kind }) => kind === "messages").map(({ sentence }) => sentence).join());
}

// Sentences: what the server finds wrong with a board.
/** @param {string} deviceId */
export function problemsOf(deviceId) {
  const own = state.health.problems.filter(({ kind, about }) => about === deviceId && OF_BOARDS.includes(kind));
  return own.map(({ sentence }) => sentence);
}

async function askForMessages(sentences) {
  if (sentences === asked) return;
  asked = sentences;
  messages = sentences ? (await get("/api/v1/messages").catch(() => ({ messages: [] }))).messages : [];
  drawMessages();
}

function drawMessages() {
  const rows = keepRows($("#set-aside"), messages.map(({ number }) => number), createMessage);
  rows.forEach((row, k) => {
    const { channel, subject, error } = messages[k];
    setText($("span", row), `Not sent to ${channel}: ${subject}. ${error}`);
  });
}

function createMessage(number) {
  const path = `/api/v1/messages/${number}`;
  const again = make("button", { type: "button", className: "answer", textContent: "Send again" });
  const drop = make("button", { type: "button", className: "answer", textContent: "Drop" });
  again.addEventListener("click", () => settle(number, send("PATCH", path, { again: true })));
  drop.addEventListener("click", () => settle(number, send("DELETE", path, {})));
  return make("li", {}, make("span"), make("div", { className: "buttons" }, again, drop));
}

// A message that was dealt with is gone from the list; one that the server refuses to send stays, with why.
async function settle(number, answer) {
  await answer.then(
    () => { messages = messages.filter((other) => other.number !== number); },
    ({ message }) => { messages = messages.map((m) => (m.number === number ? { ...m, error: message } : m)); },
  );
  drawMessages();
}
