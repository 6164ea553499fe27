// The list "What happened": all events of one person's phone, newest first.

import { arrange, element } from "./dom.js";
import { exactTime, span } from "./times.js";

/** Maximum number of entries that are shown. */
const MOST_SHOWN = 150;

const quoted = (words) => `“${words}”`;
const withFault = (fault) => (fault ? ` (fault: ${fault})` : "");

const ANSWERED = {
  mailbox: "Your mailbox answered",
  screener: "Your phone answered and screens the call",
  service: "sixthirty picked up",
};
const DELIVERY_SIGNS = { delivered: "good", undelivered: "bad", failed: "bad" };

/** For each kind of entry: the sign, the sentence, and details. */
const SENTENCES = {
  "text-in": (entry) => ["up", entry.via === "sns" ? "You texted (through SNS)" : "You texted", quoted(entry.words)],
  answer: (entry) => ["down", "sixthirty answered", quoted(entry.words)],
  "text-out": (entry) => ["down", `sixthirty texted${withFault(entry.fault)}`, quoted(entry.words)],
  "text-status": (entry) => [DELIVERY_SIGNS[entry.status] ?? "down", `Text ${entry.status}`, entry.code && `code ${entry.code}`],
  "text-refused": (entry) => ["bad", "The carrier refused a text to you", `status ${entry.status}, code ${entry.code}`],
  "text-dropped": (entry) => ["bad", "The carrier lost a text to you", `fault: ${entry.fault}`],
  "opt-out": (entry) => ["down", "The carrier texted", quoted(entry.words)],
  "call-requested": (entry) => ["call", `Call requested${withFault(entry.fault)}`],
  "call-refused": (entry) => ["bad", "The carrier refused a call", `status ${entry.status}, code ${entry.code}`],
  "call-dropped": (entry) => ["bad", "The carrier lost a call request", `fault: ${entry.fault}`],
  "call-initiated": () => ["call", "Dialing"],
  "call-ringing": () => ["ring", "Your phone is ringing"],
  "call-answered": (entry) => ["good", ANSWERED[entry.by] ?? "You answered"],
  "call-in": () => ["call", "You called sixthirty"],
  beep: () => ["voice", "Your mailbox beeped"],
  recorded: (entry) => ["voice", "Your mailbox recorded", quoted(entry.words)],
  "screener-rings": () => ["ring", "Your phone rings you after screening"],
  "person-connected": () => ["good", "You took the call"],
  said: (entry) => ["voice", "sixthirty said", quoted(entry.words)],
  key: (entry) => [
    "key",
    `You pressed ${entry.digit}`,
    entry.heard ? undefined : "ignored: no key was expected",
  ],
  "call-cancelled": () => ["call", "sixthirty canceled the call"],
  "cancel-refused": (entry) => ["bad", "The carrier could not cancel the call", `code ${entry.code}`],
  "call-ended": (entry) => [
    "over",
    `Call ended: ${entry.status}`,
    entry.duration_s ? span(entry.duration_s * 1000) : undefined,
  ],
  webhook,
  "twiml-refused": (entry) => ["bad", "The carrier can’t read the service’s response", entry.reason],
  unreachable: () => ["bad", "The carrier is unreachable"],
  reachable: () => ["good", "The carrier is reachable again"],
  state: (entry) => ["state", `#${entry.reminder.number} ${entry.reminder.task}`, entry.words],
};

function webhook(entry) {
  const status = entry.told ? ` ${entry.told}` : "";
  const attempt = entry.attempt > 1 ? `, attempt ${entry.attempt}` : "";
  const response = entry.status ? `${entry.status} in ${entry.took_ms} ms` : (entry.error ?? "no response");
  return ["hook", `Webhook ${entry.about}${status}${attempt}`, response];
}

function sentence(entry) {
  return (SENTENCES[entry.kind] ?? (() => ["over", entry.kind]))(entry);
}

/** Shows entries, and webhooks only if they are selected. */
export function showHappened(list, entries, withWebhooks) {
  const shown = entries
    .filter((entry) => withWebhooks || entry.kind !== "webhook")
    .slice(-MOST_SHOWN)
    .reverse();
  const key = (entry) => `${entry.at}-${entry.seq}`;
  arrange(list, shown, key, make, () => {});
  list.classList.toggle("none", shown.length === 0);
}

function make(entry) {
  const [sign, text, details] = sentence(entry);
  const at = new Date(entry.at);
  return element(
    "li",
    { class: "event", "data-sign": sign },
    element("time", { datetime: entry.at }, exactTime(at)),
    element("p", {}, element("b", {}, text), details && ` ${details}`),
  );
}
