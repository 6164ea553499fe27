// The timelines of reminders: what happened and why, as the functions logged it.

import * as carrier from "./carrier.js";

/** How often the events are read for a while after something happened on the phone. */
const BUSY_MS = 1000;
const BUSY_FOR_MS = 15_000;
/** How often they are read otherwise. The sweeper acts without an event on the phone. */
const IDLE_MS = 4000;
/** Delay between an event on the phone and the next read. A function's lines can be read after its invocation. */
const SETTLE_MS = 300;
/** The newest events of a reminder that are shown. */
const MOST_EVENTS = 60;

/** Keeps the events of all reminders. */
export class Timelines {
  #since;
  #timer;
  #busyUntil = 0;
  #isReading = false;
  #known = new Set();
  /** Events by the id of their reminder. */
  #lives = new Map();
  /** Events about a repeated text, by the id of the text. */
  #texts = new Map();
  #onChange;

  /** Calls `onChange` when there are new events. */
  constructor(onChange) {
    this.#onChange = onChange;
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    this.#next(0);
  }

  /** Reads the events soon, and often for a while, because something happened on the phone. */
  hurry() {
    this.#busyUntil = Date.now() + BUSY_FOR_MS;
    this.#next(SETTLE_MS);
  }

  /** Forgets all events, because the service was started again. */
  restart() {
    this.#since = undefined;
    this.#known.clear();
    this.#lives.clear();
    this.#texts.clear();
    this.#next(0);
  }

  /** Returns the events of a reminder, oldest first, each with its due. */
  of(reminder) {
    const own = this.#lives.get(reminder.id) ?? [];
    const messages = new Set(own.map((event) => event.message));
    const repeats = [...messages].flatMap((message) => this.#texts.get(message) ?? []);
    const events = [...own, ...repeats].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    return judge(events, reminder.due).slice(-MOST_EVENTS);
  }

  #next(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), wait);
  }

  async #read() {
    if (this.#isReading) return this.#next(SETTLE_MS);
    if (document.hidden) return this.#next(IDLE_MS);
    this.#isReading = true;
    try {
      const { now, events } = await carrier.timeline(this.#since);
      this.#since = now;
      const fresh = events.filter((event) => this.#take(event));
      if (fresh.length > 0) this.#onChange();
    } catch {
      // Another part of the page shows whether the server responds.
    } finally {
      this.#isReading = false;
    }
    this.#next(Date.now() < this.#busyUntil ? BUSY_MS : IDLE_MS);
  }

  /** Keeps an event. Returns false if it is known. */
  #take(event) {
    if (this.#known.has(event.id)) return false;
    this.#known.add(event.id);
    const [kept, id] = event.reminder ? [this.#lives, event.reminder] : [this.#texts, event.message];
    if (!kept.has(id)) kept.set(id, []);
    kept.get(id).push(event);
    return true;
  }
}

/**
 * Gives each event its due and its deadline, and marks repeats. A line without a due is about the plan that a later
 * line tells, or else about the current one.
 */
function judge(events, due) {
  const facts = new Set();
  let deadline;
  const judged = events.map((event) => {
    const isRepeat = event.fact !== undefined && facts.has(event.fact);
    facts.add(event.fact);
    deadline = event.until ?? deadline;
    return { ...event, until: event.until ?? deadline, sign: isRepeat && !event.called ? "ignored" : event.sign };
  });
  let known = due;
  for (const event of judged.reverse()) {
    known = event.due ?? known;
    event.due = known;
  }
  return judged.reverse();
}

/** States that the person has chosen, or that are explained by themselves: no event of a call explains them. */
const EXPLAINED = new Set(["cancelled", "opted_out", "paused"]);

/** Returns the newest event that explains the state of the reminder: a call, a failure, or its end. */
export function reason(events, state) {
  if (EXPLAINED.has(state)) return undefined;
  // What came before RESUME explains the pause, and not the state since then.
  const since = events.findLastIndex(({ id }) => id.endsWith(" Resumed")) + 1;
  return events.slice(since).findLast(({ sign, called }) => sign === "good" || sign === "bad" || called);
}
