// Who may do what, and who did: boards' keys, people's tokens, and the audit list. For administrators.

import { get, send } from "./api.js";
import { deleteButton } from "./confirm.js";
import { $, keepRows, make, sayError, setText } from "./dom.js";
import { nameOf, nowUs } from "./state.js";
import { clockTime } from "./words.js";

const made = ({ made_us: us }) => `made ${clockTime(us, nowUs())}`;

/** @type {Record<string, { ended?: (row: any) => boolean, say: (row: any) => string }>} */
const LISTS = {
  keys: {
    ended: ({ good }) => !good,
    say: (key) => `${nameOf(key.device)}, ${key.device}: ${made(key)}${key.ends_us ? ", has a successor" : ""}`,
  },
  tokens: { ended: () => false, say: (token) => `${token.name} may ${token.role}: ${made(token)}` },
  audit: { say: ({ at_us: us, who, what, about }) => `${clockTime(us, nowUs())} · ${who}: ${what} ${about}` },
};

export function startAccess() {
  for (const name of Object.keys(LISTS)) {
    $(`#${name}`).addEventListener("toggle", ({ target }) => target.open && sayError("#access-error", list(name)));
  }
  offer("#key-form", "keys", ({ key, device }) => `The key of ${device}, shown this once: ${key}`);
  offer("#person-form", "tokens", ({ token, name }) =>
    `${name} logs in, shown this once: ${location.origin}${location.pathname}#login=${token}`);
}

function offer(form, name, say) {
  $(form).addEventListener("submit", (event) => {
    event.preventDefault();
    const wish = Object.fromEntries(new FormData(event.target));
    const shown = send("POST", `/api/v1/${name}`, wish).then((answer) => setText($("#access-new"), say(answer)));
    change(name, shown);
  });
}

async function change(name, answer) {
  setText($("#access-new"), "");
  await sayError("#access-error", answer.then(() => list(name)));
}

async function list(name) {
  const { ended, say } = LISTS[name];
  const rows = (await get(`/api/v1/${name}`))[name].filter((row) => !ended?.(row));
  const items = keepRows($(`#${name} ul`), rows.map(({ id }) => id), (id) => createRow(name, id, ended));
  items.forEach((item, k) => setText($("span", item), say(rows[k])));
}

function createRow(name, id, ended) {
  const row = make("li", {}, make("span"));
  if (!ended) return row;
  const revoke = () => change(name, send("DELETE", `/api/v1/${name}/${id}`, {}));
  row.append(deleteButton(`${name.slice(0, -1)} ${id}`, "administer", revoke, "Revoke"));
  return row;
}
