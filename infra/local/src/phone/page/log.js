// The state of each person's phone, computed from the carrier's log: texts, calls, and all events in order.
//
// The log is replayed from its first entry when the page is opened, so the browser stores no texts or calls. Only a
// text that is being sent is not in the log yet.

/** The phases of a call. In the phase `machine`, a mailbox has answered the call, or the phone screens it. */
export const Phase = {
  requested: "requested",
  calling: "calling",
  ringing: "ringing",
  machine: "machine",
  talking: "talking",
  over: "over",
};

/** The phone of one person. */
class Phone {
  /** Texts and calls, in the order in which they started. */
  thread = [];
  /** The entries of the log about this person or the carrier, and the observed changes of the person's reminders. */
  happened = [];
  unread = 0;

  text(id) {
    return this.thread.find((item) => item.kind === "text" && item.id === id);
  }

  call(sid) {
    return this.thread.find((item) => item.kind === "call" && item.sid === sid);
  }

  /** Returns the calls that the person has answered, is placing, or hears ringing. The answered call comes first. */
  openCalls() {
    const calls = (phase) => this.thread.filter((item) => item.kind === "call" && item.phase === phase);
    return [...calls(Phase.talking), ...calls(Phase.calling), ...calls(Phase.ringing)];
  }

  /** Returns whether a text is being sent, so that an answer is expected. */
  isAwaiting() {
    return this.thread.some((item) => item.kind === "text" && item.mine && item.state === "sending");
  }

  add(item) {
    this.thread.push(item);
    return item;
  }
}

/** An answer with the same words as the one before, within this time, repeats it: its text was delivered again. */
const REPEAT_MS = 15_000;

/** The phones of all people. */
export class Log {
  seq = 0;
  reachable = true;
  #phones = new Map();

  phone(number) {
    if (!this.#phones.has(number)) this.#phones.set(number, new Phone());
    return this.#phones.get(number);
  }

  /** Returns the numbers that have texts or calls. */
  numbers() {
    return [...this.#phones].filter(([, phone]) => phone.thread.length > 0).map(([number]) => number);
  }

  /** Adapts to a carrier that was started again: its log begins again, and all earlier calls have ended. */
  restart() {
    this.seq = 0;
    this.reachable = true;
    for (const phone of this.#phones.values()) {
      const open = phone.thread.filter((item) => item.kind === "call" && item.phase !== Phase.over);
      for (const call of open) end(call, new Date(), "lost", 0);
    }
  }

  /**
   * Adds a text that is being sent, or notes that a known text is sent again. The text is `watched`: the caller sets
   * its result, so entries of the log don't change the result.
   */
  send(number, id, words) {
    const phone = this.phone(number);
    const known = phone.text(id);
    if (known) return Object.assign(known, { state: "sending", reason: "", tries: 0, watched: true });
    return phone.add({ ...mine(id, words, new Date()), watched: true });
  }

  /** Applies an entry of the log. Returns false if it was already applied. */
  take(entry) {
    if (entry.seq <= this.seq) return false;
    this.seq = entry.seq;
    if (entry.kind === "unreachable") this.reachable = false;
    if (entry.kind === "reachable") this.reachable = true;
    if (!entry.number) {
      for (const phone of this.#phones.values()) phone.happened.push(entry);
      return true;
    }
    const phone = this.phone(entry.number);
    phone.happened.push(entry);
    kinds[entry.kind]?.(phone, entry, new Date(entry.at));
    return true;
  }
}

const mine = (id, words, at) => ({ kind: "text", id, mine: true, words, at, state: "sending", reason: "", tries: 0 });
const theirs = (id, words, at, by) => ({ kind: "text", id, mine: false, words, at, by });

const newCall = (entry, phase, at) => ({ kind: "call", sid: entry.call, phase, at, lines: [], keys: [], recorded: [] });

function end(call, at, status, seconds) {
  Object.assign(call, { phase: Phase.over, endedAt: at, status, seconds });
}

/** For each kind of entry, how it changes the phone. */
const kinds = {
  "text-in": (phone, entry, at) => {
    // A text with a known id is a duplicate, or was sent by this page, which has added it already.
    const text = phone.text(entry.message) ?? phone.add(mine(entry.message, entry.words, at));
    if (entry.via === "sns" && !text.watched) text.state = "delivered";
  },
  answer: (phone, entry, at) => {
    const last = phone.thread.at(-1);
    const isRepeat = last?.kind === "text" && !last.mine && last.words === entry.words && at - last.at < REPEAT_MS;
    if (isRepeat) last.times = (last.times ?? 1) + 1;
    else phone.add(theirs(entry.reply, entry.words, at, "service"));
  },
  "text-out": (phone, entry, at) => phone.add(theirs(entry.message, entry.words, at, "service")),
  "text-status": (phone, entry) => {
    const text = phone.text(entry.message);
    if (text) Object.assign(text, { delivery: entry.status, code: entry.code });
  },
  "opt-out": (phone, entry, at) => phone.add(theirs(`opt-${entry.seq}-${entry.at}`, entry.words, at, "carrier")),
  webhook: (phone, entry) => {
    const text = entry.about === "sms" ? phone.text(entry.message) : undefined;
    if (!text) return;
    text.tries = entry.attempt;
    if (text.watched) return;
    const arrived = entry.status >= 200 && entry.status < 300;
    text.state = arrived ? "delivered" : "failed";
    text.reason = arrived ? "" : unanswered(entry.status, entry.error);
  },
  "call-requested": (phone, entry, at) => phone.add(newCall(entry, Phase.requested, at)),
  "call-in": (phone, entry, at) => phone.add({ ...newCall(entry, Phase.calling, at), outgoing: true }),
  "call-ringing": (phone, entry, at) => change(phone, entry, { phase: Phase.ringing, rangAt: at }),
  "call-answered": (phone, entry, at) => {
    const isMachine = entry.by === "mailbox" || entry.by === "screener";
    change(phone, entry, { phase: isMachine ? Phase.machine : Phase.talking, by: entry.by, answeredAt: at });
  },
  "screener-rings": (phone, entry, at) => change(phone, entry, { phase: Phase.ringing, rangAt: at }),
  "person-connected": (phone, entry, at) =>
    change(phone, entry, { phase: Phase.talking, by: "person", answeredAt: at, lines: [] }),
  recorded: (phone, entry) => phone.call(entry.call)?.recorded.push(entry.words),
  said: (phone, entry) => phone.call(entry.call)?.lines.push({ key: entry.seq, words: entry.words }),
  key: (phone, entry) => phone.call(entry.call)?.keys.push({ digit: entry.digit, heard: entry.heard }),
  "call-cancelled": (phone, entry) => change(phone, entry, { cancelled: true }),
  "call-ended": (phone, entry, at) => {
    const call = phone.call(entry.call);
    if (call) end(call, at, entry.status, entry.duration_s);
  },
};

function change(phone, entry, changes) {
  const call = phone.call(entry.call);
  if (call) Object.assign(call, changes);
}

/** Describes why the service did not accept a text, or was not reached. */
export function unanswered(status, error) {
  if (status === 403) return "the service refused it because the carrier’s signature is invalid (403)";
  if (status >= 500) return `the service failed with status ${status}`;
  if (status && !(status >= 200 && status < 300)) return `the service refused it with status ${status}`;
  return error || "the service did not respond";
}
