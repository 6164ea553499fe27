// "60 seconds of chaos": starts a chaos minute, shows what breaks, and its card at the end.

import * as carrier from "./carrier.js";
import { arrange, byId, element, say } from "./dom.js";
import { exactTime, span } from "./times.js";
import { lateness } from "./totals.js";

/** How often the minute is read while it runs. */
const BUSY_MS = 1000;
/** How often it is read otherwise. It may be started on another page. */
const IDLE_MS = 5000;
const LENGTH_MS = 60_000;
/** The newest notes that are shown while the minute runs. */
const MOST_NOTES = 4;

const isRunning = (minute) => minute?.step === "breaking" || minute?.step === "recovering";

/** What is announced when a step begins. A failure is announced by its own words. */
const STEPS = {
  breaking: () => "Things break for 60 seconds.",
  recovering: () => "Nothing breaks any more. The service recovers.",
  over: ({ card }) => `The result is there: ${card.sentence}`,
  failed: () => "",
};

/** Shows the newest chaos minute. */
export class Chaos {
  #timer;
  #card;
  #newestNote;
  #step;
  #onNote;
  #onPeople;

  /** Calls `onNote` with each new note of a running minute, and `onPeople` with the numbers of all minutes' people. */
  constructor(onNote, onPeople) {
    this.#onNote = onNote;
    this.#onPeople = onPeople;
    byId("chaos-start").addEventListener("click", () => this.#start());
    byId("chaos-copy").addEventListener("click", () => this.#copy());
    this.#read();
  }

  async #start() {
    if (byId("chaos-start").getAttribute("aria-disabled") === "true") return;
    say(byId("chaos-trouble"), "");
    try {
      this.#show(await carrier.startChaos());
    } catch (failure) {
      say(byId("chaos-trouble"), failure.message);
    }
    this.#next(BUSY_MS);
  }

  #next(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), wait);
  }

  async #read() {
    let minute;
    try {
      const newest = await carrier.newestChaos();
      minute = newest.minute;
      this.#show(newest);
    } catch {
      // Another part of the page shows whether the server responds.
    }
    this.#next(isRunning(minute) ? BUSY_MS : IDLE_MS);
  }

  #show({ now, minute, people }) {
    const runs = isRunning(minute);
    this.#onPeople(people);
    // The button stays focusable, so that the focus is not lost when it is pressed.
    byId("chaos-start").setAttribute("aria-disabled", String(runs));
    say(byId("chaos-start"), runs ? "Running…" : "Start 60 seconds of chaos");
    say(byId("chaos-progress"), runs ? progress(minute, Date.parse(now) - Date.parse(minute.started)) : "");
    this.#announceStep(minute);
    if (minute?.trouble) say(byId("chaos-trouble"), `The chaos minute could not be run: ${minute.trouble}`);
    if (runs) this.#announce(minute.notes);
    const notes = runs ? minute.notes.slice(-MOST_NOTES).reverse() : [];
    arrange(
      byId("chaos-notes"),
      notes,
      (note) => `${note.at} ${note.words}`,
      ({ at, words }) => element("li", {}, element("time", { datetime: at }, exactTime(new Date(at))), ` ${words}`),
      () => {},
    );
    this.#showCard(minute?.card);
  }

  /** Tells screen readers each change of the step. The progress changes every second, so it is not announced. */
  #announceStep(minute) {
    const step = minute ? `${minute.started} ${minute.step}` : "none";
    // What was before the page was opened is not announced.
    if (minute && this.#step && step !== this.#step) say(byId("chaos-step"), STEPS[minute.step](minute));
    this.#step = step;
  }

  #announce(notes) {
    const known = this.#newestNote ?? notes.at(-1)?.at;
    for (const note of notes) if (known && Date.parse(note.at) > Date.parse(known)) this.#onNote(note);
    this.#newestNote = notes.at(-1)?.at ?? known;
  }

  #showCard(card) {
    byId("chaos-card").hidden = !card;
    if (!card) return;
    if (this.#card?.seed !== card.seed || this.#card?.took_s !== card.took_s) say(byId("chaos-copied"), "");
    this.#card = card;
    byId("chaos-card").classList.toggle("bad", card.figures.problems.length > 0);
    say(byId("chaos-card").querySelector(".sentence"), card.sentence);
    say(byId("chaos-card").querySelector(".details"), details(card));
    say(byId("chaos-card").querySelector("code"), card.command);
  }

  async #copy() {
    const { sentence, command } = this.#card;
    try {
      await navigator.clipboard.writeText(`${sentence}\n${details(this.#card)}\nRun the same plan: ${command}\n`);
      say(byId("chaos-copied"), "Copied.");
    } catch {
      say(byId("chaos-copied"), "Not copied: the browser does not allow it.");
    }
  }
}

function progress({ step, figures }, elapsedMs) {
  const left = Math.max(0, LENGTH_MS - elapsedMs);
  // Until all people were called or texted, the judge counts the others as lost.
  const after = figures?.lost === 0 ? "All were told, watching for doubled calls" : "Recovering";
  const phase = step === "breaking" ? `Breaking, ${span(left)} left` : `${after}, ${span(elapsedMs - LENGTH_MS)}`;
  if (!figures) return `${phase}.`;
  const { accepted, called, texted, doubled } = figures;
  return `${phase}: ${accepted} accepted, ${called} called, ${texted} texted, ${doubled} doubled.`;
}

function details({ figures, faults, took_s: took }) {
  const { called, texted, late_p99_ms: late, problems } = figures;
  const latest = late ? `, the latest call ${lateness(late)}` : "";
  // One reminder can be in both counts: it is called, nobody presses a key, and then it is texted.
  const counted = `${called} called, ${texted} texted${latest}.`;
  return [counted, `${faults} faults of the carrier.`, `It took ${span(took * 1000)}.`, ...problems].join(" ");
}
