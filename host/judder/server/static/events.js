// The server's events, for ever: after a lost connection it goes on where it was. The browser's EventSource
// does not tell that a token is asked for, so the stream is read by hand.

import { open, ServerGone } from "./api.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
const SILENCE_MS = 15000; // the server says the time every 5 s

// onEvent(kind, data) is awaited before the next event is read. onConnection(true or false).
export async function follow(onEvent, onConnection) {
  let lastId = "";
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    try {
      for await (const { id, kind, data } of connect(lastId)) {
        if (kind === "resync") lastId = ""; // until what is shown is whole again
        await onEvent(kind, data);
        if (id) lastId = id;
        pauseMs = FIRST_PAUSE_MS;
        onConnection(true);
      }
    } catch (error) {
      if (!(error instanceof ServerGone)) console.error(error);
    }
    onConnection(false);
    await new Promise((done) => setTimeout(done, pauseMs));
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

async function* connect(lastId) {
  const ending = new AbortController();
  const headers = new Headers(lastId ? [["Last-Event-ID", lastId]] : []);
  const response = await open("/api/v1/events", { headers, signal: ending.signal });
  if (!response.ok || !response.body) throw new ServerGone(`The events answer ${response.status}.`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let text = "";
    for (;;) {
      text += await readSoon(reader, ending);
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      yield* parts.map(parse);
    }
  } finally {
    ending.abort();
    reader.cancel().catch(() => {});
  }
}

async function readSoon(reader, ending) {
  const silence = setTimeout(() => ending.abort(), SILENCE_MS);
  try {
    const { done, value } = await reader.read();
    if (!done) return value;
  } catch {
    // the connection broke, or was too long silent
  } finally {
    clearTimeout(silence);
  }
  throw new ServerGone("The events ended.");
}

function parse(text) {
  const fields = Object.fromEntries(text.split("\n").map((line) => line.split(/: (.*)/s, 2)));
  return { id: fields.id, kind: fields.event, data: JSON.parse(fields.data) };
}
