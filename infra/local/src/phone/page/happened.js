// Everything that happened to one person's phone, the newest first.

import { arrange, element } from "./dom.js";
import { exactTime, span } from "./times.js";

/** What is shown of a long day. */
const MOST_SHOWN = 150;

const quoted = (words) => `“${words}”`;
const under = (fault) => (fault ? ` (under the fault ${fault})` : "");

/** Sign, what happened, and the words or figures that belong to it. */
const SENTENCES = {
  "text-in": (entry) => ["up", entry.via === "sns" ? "You texted, by SNS" : "You texted", quoted(entry.words)],
  answer: (entry) => ["down", "sixthirty answered", quoted(entry.words)],
  "text-out": (entry) => ["down", `sixthirty texted${under(entry.fault)}`, quoted(entry.words)],
  "text-refused": (entry) => ["bad", "The carrier refused a text to you", `${entry.status}, code ${entry.code}`],
  "text-dropped": (entry) => ["bad", "The carrier dropped a text to you", `fault ${entry.fault}`],
  "opt-out": (entry) => ["down", "The carrier texted", quoted(entry.words)],
  "call-requested": (entry) => ["call", `Call requested${under(entry.fault)}`],
  "call-refused": (entry) => ["bad", "The carrier refused a call", `${entry.status}, code ${entry.code}`],
  "call-dropped": (entry) => ["bad", "The carrier dropped a call", `fault ${entry.fault}`],
  "call-initiated": () => ["call", "Dialing"],
  "call-ringing": () => ["ring", "The phone rings"],
  "call-answered": () => ["good", "You picked up"],
  said: (entry) => ["voice", "Said", quoted(entry.words)],
  key: (entry) => [
    "key",
    `You pressed ${entry.digit}`,
    entry.heard ? undefined : "nobody was asking for a key just then",
  ],
  "call-cancelled": () => ["call", "The service took the call back"],
  "cancel-refused": (entry) => ["bad", "The carrier did not take the call back", `code ${entry.code}`],
  "call-ended": (entry) => [
    "over",
    `Call over: ${entry.status}`,
    entry.duration_s ? span(entry.duration_s * 1000) : undefined,
  ],
  webhook,
  "twiml-refused": (entry) => ["bad", "The carrier can’t read what the service answered", entry.reason],
  unreachable: () => ["bad", "The carrier is unreachable"],
  reachable: () => ["good", "The carrier is back"],
  state: (entry) => ["state", `#${entry.reminder.number} ${entry.reminder.task}`, entry.words],
};

function webhook(entry) {
  const told = entry.told ? ` ${entry.told}` : "";
  const tried = entry.attempt > 1 ? `, try ${entry.attempt}` : "";
  const came = entry.status ? `${entry.status} in ${entry.took_ms} ms` : (entry.error ?? "no answer");
  return ["hook", `Webhook ${entry.about}${told}${tried}`, came];
}

function sentence(entry) {
  return (SENTENCES[entry.kind] ?? (() => ["over", entry.kind]))(entry);
}

/** Shows entries; webhooks only where they are wanted. */
export function showHappened(list, entries, withWebhooks) {
  const wanted = entries
    .filter((entry) => withWebhooks || entry.kind !== "webhook")
    .slice(-MOST_SHOWN)
    .reverse();
  const key = (entry) => `${entry.at}-${entry.seq}`;
  arrange(list, wanted, key, make, () => {});
  list.classList.toggle("none", wanted.length === 0);
}

function make(entry) {
  const [sign, what, more] = sentence(entry);
  const at = new Date(entry.at);
  return element(
    "li",
    { class: "event", "data-sign": sign },
    element("time", { datetime: entry.at }, exactTime(at)),
    element("p", {}, element("b", {}, what), more && ` ${more}`),
  );
}
