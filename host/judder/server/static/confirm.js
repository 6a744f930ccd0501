// A button that deletes or revokes: it asks on itself, and a second press within a few seconds does it.

import { make, setText } from "./dom.js";

const PATIENCE_MS = 5000;

/** @param {string} name @param {string} className who may press it @param {() => void} act @param {string} word */
export function deleteButton(name, className, act, word = "Delete") {
  const button = make("button", { type: "button", className: `delete ${className}`, textContent: word });
  button.setAttribute("aria-label", `${word} ${name}`);
  let timer = 0;
  const ask = (asks) => {
    const said = asks ? `Really ${word.toLowerCase()}` : word;
    button.dataset.asks = asks ? "yes" : "";
    setText(button, asks ? `${said}?` : said);
    button.setAttribute("aria-label", `${said} ${name}`);
  };
  button.addEventListener("click", () => {
    clearTimeout(timer);
    const isSure = button.dataset.asks === "yes";
    ask(!isSure);
    if (isSure) act();
    else timer = setTimeout(() => ask(false), PATIENCE_MS);
  });
  return button;
}
