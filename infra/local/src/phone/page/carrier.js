// Requests to the simulated carrier and to the page's server, which have the same origin as the page.

const RECONNECT_FIRST_MS = 500;
const RECONNECT_MOST_MS = 5000;
const UNREACHABLE = "The local server doesn’t respond. Is “cargo local” still running?";

/** An error with a message for the person. */
export class Trouble extends Error {}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Trouble(UNREACHABLE);
  }
  const text = await response.text();
  const body = text ? parse(text) : {};
  if (!response.ok) throw new Trouble(body?.error ?? `Unexpected response from the local server (status ${response.status}).`);
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

/** Creates a new id for a text, in Twilio's format. */
export function newTextId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `SM${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Sends a text. A text with the same id is a duplicate, which the service processes only once. */
export const text = (from, id, body, copies = 1) => post("/_phone/text", { from, id, body, copies });

/** Reads the faults that are still to apply, of all people. */
export const faults = () => ask("/_carrier/faults");

/** Adds a fault, for the next call, text or report of the person in its field `to`. */
export const arm = (fault) => post("/_carrier/faults", fault);

/** Removes all faults of a person. */
export const disarm = (number) => ask(`/_carrier/faults?to=${encodeURIComponent(number)}`, { method: "DELETE" });

/** Makes the carrier unreachable for a time. */
export const stopCarrier = (ms) => post("/_carrier/faults", { kind: "unreachable", ms });

/** Answers, declines or ends a call, or presses a key. */
export const act = (call, action, digit) =>
  post(`/_phone/calls/${encodeURIComponent(call)}/${action}`, digit && { digit });

/** Calls the service from a person's phone. */
export const callService = (from) => post("/_phone/call", { from });

/** Reads the setting of a person's phone: a mailbox, call screening, or neither. */
export const phoneSetting = (number) => ask(`/_phone/setting?number=${encodeURIComponent(number)}`);

/** Sets a mailbox, call screening, or neither for a person's phone. */
export const setPhone = (number, setting) => post("/_phone/setting", { number, setting });

/** Reads the reminders of a person. */
export const reminders = (number) => ask(`/api/reminders?number=${encodeURIComponent(number)}`);

/** Reads the totals since the start. */
export const totals = () => ask("/api/totals");

/** Reads the steps of reminders through the system since an instant. */
export const flow = (since) => ask(since ? `/api/flow?since=${encodeURIComponent(since)}` : "/api/flow");

/** Reads the events of all timelines since an instant, or since the start. */
export const timeline = (since) => ask(since ? `/api/timeline?since=${encodeURIComponent(since)}` : "/api/timeline");

/** Starts a chaos minute. */
export const startChaos = () => post("/api/chaos");

/** Reads the newest chaos minute, the numbers of the people in all minutes, and the server's time. */
export const newestChaos = () => ask("/api/chaos");

/** Reads whether a talk is played, and its current step. */
export const talk = () => ask("/api/talk");

/**
 * Follows the carrier's log while the page is open. Calls `on.entry` with each entry of the log, `on.start` with the
 * service and whether the carrier was started again, and `on.link` with whether the server is connected. The service
 * has the fields `number` and `started`.
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
      // Reconnect here instead of in EventSource, which does not notice that the carrier was started again.
      events.close();
      later();
    });
  }
  connect();
}
