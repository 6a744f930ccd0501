// A button that deletes: it asks on itself, and a second press within a few seconds does it.

import { make, setText } from "./dom.js";

const PATIENCE_MS = 5000;

/** @param {string} name @param {string} className who may press it @param {() => void} act */
export function deleteButton(name, className, act) {
  const button = make("button", { type: "button", className: `delete ${className}`, textContent: "Delete" });
  button.setAttribute("aria-label", `Delete ${name}`);
  let timer = 0;
  const ask = (asks) => {
    button.dataset.asks = asks ? "yes" : "";
    setText(button, asks ? "Really delete?" : "Delete");
    button.setAttribute("aria-label", `${asks ? "Really delete" : "Delete"} ${name}`);
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
