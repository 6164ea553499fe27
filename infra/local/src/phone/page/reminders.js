// The list "Reminders": the reminders of the selected person and their states, read from the service's table.

import * as carrier from "./carrier.js";
import { arrange, byId, element, say } from "./dom.js";
import { following, makeLife, showLife, tickLife } from "./life.js";
import { reason, Timelines } from "./timeline.js";
import { dueTime, span } from "./times.js";

/** Poll interval while no reminder changes. */
const IDLE_MS = 5000;
/** Poll interval while a reminder changes: a state may last less than a second. */
const BUSY_MS = 400;
/** How long before its next planned action a reminder is polled at the short interval. */
const SOON_MS = 3000;
/** Delay between an event on the phone and the next read. By then the record has usually changed. */
const SETTLE_MS = 150;
const TICK_MS = 250;
const MOST_ENDED = 8;
const MOST_STEPS = 8;

export const NAMES = {
  waiting: "Waiting",
  dialing: "Dialing",
  ringing: "Ringing",
  paused: "Paused",
  heard: "Heard",
  unconfirmed: "Unconfirmed",
  missed: "Missed",
  cancelled: "Canceled",
  opted_out: "Stopped",
};

const MEANINGS = {
  waiting: "waiting until it’s due",
  dialing: "placing the call",
  ringing: "the carrier is calling you",
  paused: "missed five times in a row; text RESUME to get it back",
  heard: "you pressed a key or texted DONE",
  unconfirmed: "picked up, but no key was pressed, so it was also texted",
  missed: "you didn’t pick up, or no call could be placed, so it was texted",
  cancelled: "deleted, moved or skipped",
  opted_out: "you opted out; text RESTORE after START to get it back",
};

const LIVE = ["waiting", "dialing", "ringing", "paused"];
const isLive = (reminder) => LIVE.includes(reminder.state);

/** Shows the reminders of one person at a time. */
export class Reminders {
  #number;
  #timer;
  #reading = false;
  #skew = 0;
  #shown = [];
  /** The observed states of each reminder, by its id. */
  #trails = new Map();
  #timelines = new Timelines(() => this.#show(this.#newest));
  /** The shown events of each reminder, by its id. */
  #lives = new Map();
  /** All reminders as they were read last. */
  #newest = [];
  #onStateChange;

  /** Calls `onStateChange` after each observed change of a reminder's state. */
  constructor(onStateChange) {
    this.#onStateChange = onStateChange;
    setInterval(() => this.#tick(), TICK_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  watch(number) {
    this.#number = number;
    this.#show([]);
    this.#next(0);
  }

  /** Reads the reminders soon, because something happened on the phone. */
  hurry() {
    this.#next(SETTLE_MS);
    this.#timelines.hurry();
  }

  /** Forgets the timelines, because the service was started again. */
  restart() {
    this.#timelines.restart();
  }

  /** Returns the number of a reminder of the selected person. */
  numberOf(id) {
    return this.#shown.find((reminder) => reminder.id === id)?.number;
  }

  #next(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), wait);
  }

  async #read() {
    if (this.#reading) return this.#next(SETTLE_MS);
    const number = this.#number;
    this.#reading = true;
    try {
      const { reminders, now } = await carrier.reminders(number);
      if (number !== this.#number) return this.#next(0);
      this.#skew = Date.parse(now) - Date.now();
      say(byId("reminders-trouble"), "");
      this.#follow(reminders);
      this.#show(reminders);
    } catch (trouble) {
      say(byId("reminders-trouble"), `Can’t load your reminders: ${trouble.message}`);
    } finally {
      this.#reading = false;
    }
    this.#next(this.#isBusy() ? BUSY_MS : IDLE_MS);
  }

  #isBusy() {
    const mayChange = (reminder) => isLive(reminder) && reminder.state !== "paused";
    return this.#shown.some((reminder) => mayChange(reminder) && !(this.#remaining(reminder) > SOON_MS));
  }

  /** Returns the milliseconds until the next planned action by the server's clock, or 0 if no action is planned. */
  #remaining(reminder) {
    return reminder.wake_at ? Date.parse(reminder.wake_at) - (Date.now() + this.#skew) : 0;
  }

  #follow(reminders) {
    for (const reminder of reminders) {
      const trail = this.#trails.get(reminder.id);
      if (!trail) {
        this.#trails.set(reminder.id, [reminder.state]);
      } else if (trail.at(-1) !== reminder.state) {
        this.#onStateChange(this.#number, reminder, `${NAMES[trail.at(-1)]} → ${NAMES[reminder.state]}`);
        trail.push(reminder.state);
        trail.splice(0, trail.length - MOST_STEPS);
      }
    }
  }

  #show(reminders) {
    this.#newest = reminders;
    const live = reminders.filter(isLive).sort((one, other) => Date.parse(one.due) - Date.parse(other.due));
    const ended = reminders.filter((reminder) => !isLive(reminder));
    ended.sort((one, other) => Date.parse(other.ended_at) - Date.parse(one.ended_at));
    this.#shown = [...live, ...ended.slice(0, MOST_ENDED)];
    const list = byId("reminders");
    arrange(
      list,
      this.#shown,
      (reminder) => reminder.id,
      make,
      (card, reminder) => this.#change(card, reminder),
    );
    list.classList.toggle("none", this.#shown.length === 0);
    byId("live-count").hidden = live.length === 0;
    say(byId("live-count"), String(live.length));
    this.#tick();
  }

  #change(card, reminder) {
    card.dataset.state = reminder.state;
    say(card.querySelector(".task"), reminder.task);
    const when = dueTime(new Date(reminder.due), reminder.zone);
    const repeating = reminder.state === "paused" ? "repeating, without a next call" : `${when}, repeating`;
    say(card.querySelector(".when"), reminder.rule ? repeating : when);
    const trail = this.#trails.get(reminder.id) ?? [reminder.state];
    arrange(
      card.querySelector(".trail"),
      trail.map((state, index) => ({ state, index })),
      (step) => `${step.index}-${step.state}`,
      step,
      mark,
    );
    function mark(node, _, index) {
      if (index === trail.length - 1) node.setAttribute("aria-current", "step");
      else node.removeAttribute("aria-current");
    }
    const again =
      reminder.state === "waiting" && reminder.attempt > 1
        ? `waiting to call again (call ${reminder.attempt})`
        : undefined;
    const events = this.#timelines.of(reminder);
    this.#lives.set(reminder.id, events);
    say(card.querySelector(".meaning"), reason(events, reminder.state) ? "" : (again ?? MEANINGS[reminder.state]));
    showLife(card, reminder, events);
  }

  /** Shows why the reminder is in its state, and what follows. */
  #tickLife(card, reminder) {
    const events = this.#lives.get(reminder.id) ?? [];
    const now = Date.now() + this.#skew;
    const why = reason(events, reminder.state);
    say(card.querySelector(".reason"), why ? `${why.words} ${isLive(reminder) ? following(why, now) : ""}`.trim() : "");
    tickLife(card, events, now);
  }

  #tick() {
    for (const reminder of this.#shown) {
      const card = [...byId("reminders").children].find((child) => child.dataset.key === reminder.id);
      const remaining = this.#remaining(reminder);
      const countdown = reminder.state !== "waiting" ? "" : remaining > 0 ? span(remaining) : "any moment";
      if (!card) continue;
      say(card.querySelector(".countdown"), countdown);
      this.#tickLife(card, reminder);
    }
  }
}

function step({ state }) {
  return element("li", { "data-state": state }, NAMES[state]);
}

function make(reminder) {
  return element(
    "li",
    { class: "reminder" },
    element(
      "p",
      { class: "row" },
      element("span", { class: "small" }, `#${reminder.number}`),
      element("strong", { class: "task" }),
      element("span", { class: "countdown", role: "timer" }),
    ),
    element("p", { class: "when" }),
    element("ol", { class: "trail", "aria-label": "States" }),
    element("p", { class: "meaning" }),
    element("p", { class: "reason" }),
    ...makeLife(),
  );
}
