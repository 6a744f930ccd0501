// Who looks at the page: they log in by a link or a token, may log out, and see what they may use.

import { logIn, send } from "./api.js";
import { $, setText } from "./dom.js";
import { state } from "./state.js";

const LINK = "#login=";

// Log in by the link that brought the page here, and take its token out of the address, which people keep and show.
export async function startLogin() {
  localStorage.removeItem("judder-token"); // of pages before there were cookies
  $("#leave").addEventListener("click", () => send("DELETE", "/api/v1/session", {}).finally(() => location.reload()));
  if (!location.hash.startsWith(LINK)) return;
  const token = decodeURIComponent(location.hash.slice(LINK.length));
  history.replaceState(null, "", location.pathname);
  await logIn(token).catch(({ message }) => setText($("#token-error"), message));
}

export function drawLogin() {
  const { name, role, needed } = state.session;
  document.body.dataset.role = role;
  $("#leave").hidden = !needed;
  $("#leave").title = `${name}, who may ${role}`;
}
