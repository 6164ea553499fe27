// Shows the timeline of one reminder: an axis around its due, and a list of sentences that can be copied as text.

import { arrange, element, say } from "./dom.js";
import { dueTime, span } from "./times.js";
import { lateness } from "./totals.js";

const SVG = "http://www.w3.org/2000/svg";
/** Instants this near to the due are drawn apart. Farther ones are closer together, as on a logarithmic scale. */
const NEAR_MS = 500;
/** The axis reaches at least so far to both sides of the due. */
const LEAST_MS = 5000;
const MINUTE_MS = 60_000;

/** The distance from the due: "+0.2 s", "−1:05". */
export function offset(event) {
  const ms = Date.parse(event.at) - Date.parse(event.due);
  if (Math.abs(ms) < MINUTE_MS) return lateness(ms);
  return `${ms < 0 ? "−" : "+"}${span(Math.abs(ms))}`;
}

/** Says when the reminder was called: "called +0.2 s". Empty if no call was accepted. */
function called(events) {
  const call = events.findLast((event) => event.called);
  return call ? `called ${offset(call)}` : "";
}

/** Says what follows an event, with the time that is left: "Checking in 0:42". */
export function following({ next, until }, now) {
  if (!next) return "";
  if (!until) return "";
  const left = Date.parse(until) - now;
  return left > 0 ? `${next} in ${span(left)}.` : `${next} now.`;
}

/** Makes the parts of a card that show a timeline. */
export function makeLife() {
  const axis = document.createElementNS(SVG, "svg");
  axis.setAttribute("class", "axis");
  axis.setAttribute("aria-hidden", "true");
  const copy = element("button", { type: "button", class: "plain copy" }, "Copy as text");
  const copied = element("span", { class: "small copied", role: "status" });
  copy.addEventListener("click", () => write(copy.dataset.text, copied));
  return [
    axis,
    element(
      "details",
      { class: "life" },
      element("summary", {}, "Timeline ", element("span", { class: "small called" })),
      element("ol", { class: "events" }),
      element("p", { class: "row" }, copy, copied),
    ),
  ];
}

async function write(text, copied) {
  try {
    await navigator.clipboard.writeText(text);
    say(copied, "Copied.");
  } catch {
    say(copied, "Not copied: the browser does not allow it.");
  }
}

/** Shows the events of a reminder in its card. */
export function showLife(card, reminder, events) {
  const details = card.querySelector(".life");
  const axis = card.querySelector(".axis");
  details.hidden = events.length === 0;
  axis.classList.toggle("none", events.length === 0);
  if (events.length === 0) return;
  const count = `${events.length} ${events.length === 1 ? "event" : "events"}`;
  say(details.querySelector(".called"), [called(events), count].filter(Boolean).join(", "));
  const list = details.querySelector(".events");
  list.setAttribute("aria-label", `Timeline of #${reminder.number}`);
  arrange(list, events, ({ id }) => id, makeEvent, changeEvent);
  details.querySelector(".copy").dataset.text = asText(reminder, events);
  draw(axis, events);
}

/** Shows what follows the newest event, with the time that is left. */
export function tickLife(card, events, now) {
  const newest = events.findLast(({ sign }) => sign !== "ignored");
  for (const item of card.querySelectorAll(".events > li")) {
    const isNewest = item.dataset.key === newest?.id;
    say(item.querySelector(".next"), isNewest ? following(newest, now) : "");
  }
}

function makeEvent() {
  return element(
    "li",
    {},
    element("span", { class: "offset" }),
    element("p", {}, element("span", { class: "said" }), " ", element("span", { class: "next" })),
  );
}

function changeEvent(item, event) {
  say(item.querySelector(".offset"), offset(event));
  if (item.dataset.sign === event.sign) return;
  item.dataset.sign = event.sign;
  const said = item.querySelector(".said");
  // Screen readers usually don't tell that words are struck through.
  if (event.sign === "ignored") said.replaceChildren(element("span", { class: "unseen" }, "Ignored: "), element("s", {}, event.words));
  else said.replaceChildren(event.words);
}

/** Writes a timeline as text, one event on each line. */
export function asText(reminder, events) {
  const when = dueTime(new Date(reminder.due), reminder.zone);
  const title = [`#${reminder.number} ${reminder.task}`, `due ${when}`, called(events)].filter(Boolean).join(", ");
  const line = (event) => `${offset(event)}  ${event.sign === "ignored" ? "(ignored) " : ""}${event.words}`;
  return `${title}\n${events.map(line).join("\n")}\n`;
}

const scale = (ms) => Math.sign(ms) * Math.log1p(Math.abs(ms) / NEAR_MS);

/** Draws the events of the newest occurrence around its due. */
function draw(axis, events) {
  const { due } = events.at(-1);
  const shown = events.filter((event) => event.due === due);
  const places = shown.map((event) => scale(Date.parse(event.at) - Date.parse(due)));
  const first = Math.min(scale(-LEAST_MS), ...places);
  const last = Math.max(scale(LEAST_MS), ...places);
  const percent = (place) => `${(3 + (94 * (place - first)) / (last - first)).toFixed(2)}%`;
  const zero = percent(0);
  const part = (name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
    if (text) node.textContent = text;
    return node;
  };
  axis.replaceChildren(
    part("line", { class: "time", x1: "0%", x2: "100%", y1: 10, y2: 10 }),
    part("line", { class: "due", x1: zero, x2: zero, y1: 1, y2: 19 }),
    part("text", { x: zero, y: 29 }, "due"),
    ...shown.map((event, index) =>
      part("circle", { "data-sign": event.called ? "called" : event.sign, cx: percent(places[index]), cy: 10, r: 4 }),
    ),
  );
}
