// The few things every part does with elements. Text is set as text, never as markup.

import { readable } from "./text.js";

/** @returns {any} the element; index.html has it, and of which kind it is */
export const $ = (selector, within = document) => within.querySelector(selector);

/** @returns {any} a new element */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function setText(element, text) {
  const shown = readable(text);
  if (element.textContent !== shown) element.textContent = shown;
}

// Show what is wrong with a request in the element that selector names; hide it where nothing is.
export async function sayError(selector, answer) {
  const element = $(selector);
  element.hidden = true;
  await answer.catch(({ message }) => {
    element.hidden = false;
    setText(element, message);
  });
}

// Keep one element per key in list, in the order of keys; made by create(key), told apart by data-key. Those that
// stay in order are not moved: they keep the focus.
export function keepRows(list, keys, create) {
  const names = new Set(keys.map(String));
  for (const row of [...list.children]) if (!names.has(row.dataset.key)) row.remove();
  const old = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const rows = keys.map((key) => old.get(String(key)) ?? create(key));
  rows.forEach((row, k) => {
    row.dataset.key = keys[k];
    if (list.children[k] !== row) list.insertBefore(row, list.children[k] ?? null);
  });
  return rows;
}
