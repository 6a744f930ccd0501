// Names that people and boards gave, written so that they can be read and cannot act: judder/text in JavaScript.

const ACTING = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;
const RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]";
const RUN = new RegExp(`${RIGHT_TO_LEFT}(?:.*${RIGHT_TO_LEFT})?`, "u");
const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const PLAIN = /^[\w@%+=:,./-]+$/;

export const visible = (text) => String(text).replace(ACTING, escaped);

// Text with its right-to-left part fenced off, so that the figures behind it stay behind it.
export const readable = (text) => visible(text).replace(RUN, "\u2068$&\u2069");

// A name as the one word that a shell reads in a command to copy.
export function word(name) {
  if (PLAIN.test(name)) return name;
  if (visible(name) === name) return `'${name.replaceAll("'", `'"'"'`)}'`;
  return `$'${visible(name.replaceAll("\\", "\\\\").replaceAll("'", "\\'"))}'`;
}

function escaped(character) {
  const code = character.charCodeAt(0);
  const hex = code.toString(16);
  return SHORT[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`);
}
