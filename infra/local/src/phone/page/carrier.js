// The carrier and the service's records, over the page's own origin.

const RECONNECT_FIRST_MS = 500;
const RECONNECT_MOST_MS = 5000;
const GONE = "The program behind this page does not answer. Is “cargo local” still running?";

/** Something that did not work, with a sentence to show. */
export class Trouble extends Error {}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Trouble(GONE);
  }
  const text = await response.text();
  const body = text ? parse(text) : {};
  if (!response.ok) throw new Trouble(body?.error ?? `Something unexpected was answered (${response.status}).`);
  return body;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const post = (path, body = {}) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** A fresh id of a text, in the form that carriers give them. */
export function newTextId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `SM${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Sends a text. The same id again is the same text again: the service does not do it twice. */
export const text = (from, id, body) => post("/_phone/text", { from, id, body });

/** Answers, declines, hangs up, or presses a key. */
export const act = (call, what, digit) => post(`/_phone/calls/${encodeURIComponent(call)}/${what}`, digit && { digit });

/** How a person's reminders stand. */
export const reminders = (number) => ask(`/api/reminders?number=${encodeURIComponent(number)}`);

/**
 * Follows the carrier's log for as long as the page is open. `on.entry` gets each entry once, `on.start` whose number
 * to text and whether the carrier is another than before, `on.link` whether the program behind the page is there.
 */
export function follow(log, on) {
  let started;
  let wait = RECONNECT_FIRST_MS;
  const later = () => {
    on.link(false);
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, RECONNECT_MOST_MS);
  };
  async function connect() {
    let service;
    try {
      service = await ask("/api/service");
    } catch {
      return later();
    }
    on.start(service, started !== undefined && started !== service.started);
    started = service.started;
    const events = new EventSource(`/_carrier/events?since=${log.seq}`);
    events.addEventListener("open", () => {
      wait = RECONNECT_FIRST_MS;
      on.link(true);
    });
    events.addEventListener("message", (event) => on.entry(JSON.parse(event.data)));
    events.addEventListener("error", () => {
      // The browser's own reconnecting can't tell a carrier that was started anew, whose log begins again.
      events.close();
      later();
    });
  }
  connect();
}
