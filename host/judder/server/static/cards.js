// A card per board, filters by state, and the empty state.

import { send } from "./api.js";
import { deleteButton } from "./confirm.js";
import { $, keepRows, make, setText } from "./dom.js";
import { drawFacts } from "./facts.js";
import { sparkline } from "./sparkline.js";
import { nameOf, nowUs, state } from "./state.js";
import { ago, meaningOf, plural, toneOf, WORST_FIRST } from "./words.js";

const HALL = 6; // boards; more of them are shown as tiles
const MOVED = "mounting changed"; // a state, and said beside every other

/** @type {string | null} */
let chosen = null; // the device id of the board that is shown in full
/** @type {string | null} */
let wanted = null; // the state whose boards are shown, null for all
/** @type {Map<string, Board>} */
let drawn = new Map(); // by device id, the board as its card shows it

export function chooseCard(deviceId) {
  chosen = deviceId;
}

export function drawCards() {
  const boards = [...state.boards.values()];
  const counts = countStates(boards);
  if (wanted && !counts.has(wanted)) wanted = null;
  const shown = boards.filter((board) => !wanted || board.state === wanted);
  $("#no-boards").hidden = boards.length > 0;
  document.body.classList.toggle("hall", boards.length > HALL);
  drawFilters(counts);
  const cards = keepRows($("#cards"), shown.map((board) => board.device_id), createCard);
  shown.forEach((board, k) => drawCard(cards[k], board, board.device_id === chosen));
  drawn = new Map(shown.map((board) => [board.device_id, board]));
  setText($("#summary"), summarise(boards));
}

function createCard(deviceId) {
  const link = make("a", { href: `#board=${deviceId}` });
  const words = make("span", { className: "words" }, make("span", { className: "state" }), makeMoved());
  const head = make("div", { className: "card-head" }, make("h3", {}, link), words);
  const facts = make("dl", { className: "facts" });
  const gone = deleteButton("this board", "administer", () => {
    send("DELETE", `/api/v1/devices/${deviceId}`).catch(() => {});
  });
  return make("li", { className: "card" }, head, make("p", { className: "quiet" }), sparkline(), facts, gone);
}

/** @param {any} card @param {Board} board @param {boolean} isSelected */
function drawCard(card, board, isSelected) {
  const link = $("a", card);
  setText(link, nameOf(board.device_id));
  $(".delete", card).hidden = board.state !== "offline";
  if (isSelected) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
  const unsigned = state.session.needed && board.signed === false && "unsigned";
  const words = [board.status.place, unsigned, ago(board.last_seen_us, nowUs())];
  setText($("p", card), words.filter(Boolean).join(" · "));
  if (drawn.get(board.device_id) === board && card.dataset.tone) return; // only time has passed
  drawState($(".words", card), board);
  card.dataset.tone = toneOf(board.state);
  sparkline.draw($("svg", card), board.recent);
  drawFacts($("dl", card), board);
}

// Show how a board is in the first word of element, and in the second that its mounting changed.
/** @param {any} element @param {Board} board */
export function drawState(element, { state: word, mounting_changed: moved }) {
  const [first, second] = element.children;
  setText(first, word);
  first.dataset.tone = toneOf(word);
  first.title = meaningOf(word);
  second.hidden = !moved || word === MOVED;
}

function makeMoved() {
  const moved = make("span", { className: "state", textContent: MOVED, title: meaningOf(MOVED), hidden: true });
  moved.dataset.tone = toneOf(MOVED);
  return moved;
}

function countStates(boards) {
  const counts = new Map();
  for (const { state: word } of boards) counts.set(word, (counts.get(word) ?? 0) + 1);
  const rank = (word) => (WORST_FIRST.indexOf(word) + WORST_FIRST.length + 1) % (WORST_FIRST.length + 1);
  return new Map([...counts].sort(([a], [b]) => rank(a) - rank(b)));
}

function drawFilters(counts) {
  const group = $("#filters");
  group.hidden = counts.size < 2;
  const buttons = keepRows(group, [...counts.keys()], (word) => {
    const button = make("button", { type: "button", className: "state" });
    button.addEventListener("click", () => {
      wanted = wanted === word ? null : word;
      drawCards();
    });
    return button;
  });
  [...counts].forEach(([word, n], k) => {
    setText(buttons[k], `${n} ${word}`);
    buttons[k].dataset.tone = toneOf(word);
    buttons[k].setAttribute("aria-pressed", String(wanted === word));
  });
}

/** @param {Board[]} boards */
function summarise(boards) {
  const at = (level) => boards.filter((board) => board.level === level).length;
  const [alarms, notices] = [at("alarm"), at("notice")];
  document.title = alarms ? `(${alarms}) Judder` : "Judder";
  const levels = [alarms && `${alarms} with an alarm`, notices && `${notices} with a notice`].filter(Boolean);
  return boards.length ? [plural(boards.length, "board"), ...levels].join(", ") : "";
}
