// The conversation of one person: messages with their delivery status, and calls.

import { arrange, element, say } from "./dom.js";
import { Phase } from "./log.js";
import { shortTime, span } from "./times.js";

/** The thread scrolls to a new message if fewer pixels than this are hidden below its visible part. */
const NEAR_END = 80;

/** The state of a text of the person: whether it has reached the service. */
const STATES = {
  sending: (text) => (text.tries > 0 ? `Not delivered yet, retrying (attempt ${text.tries + 1})…` : "Sending…"),
  delivered: () => "Delivered",
  failed: (text) => `Not delivered: ${text.reason}${/[.?]$/.test(text.reason) ? "" : "."}`,
};

/** The delivery of a text from the service, by its status at the carrier. */
const DELIVERIES = { queued: "Sending…", sent: "Sent", delivered: "Delivered" };

function delivery(text) {
  if (text.by === "carrier") return "From the carrier";
  if (isUndelivered(text)) return `Not delivered to you (code ${text.code})`;
  return DELIVERIES[text.delivery] ?? "";
}

const isUndelivered = (text) => text.delivery === "undelivered" || text.delivery === "failed";

const ENDINGS = {
  completed: (call) => `${answered(call)}, ${span(call.seconds * 1000)}`,
  busy: (call) => (call.rangAt ? "Declined call" : "Line busy"),
  "no-answer": () => "Missed call",
  canceled: () => "Canceled call",
  failed: () => "Failed call",
  lost: () => "Dropped call",
};

function answered(call) {
  if (call.recorded.length > 0) return `Voicemail “${call.recorded.join(" ")}”`;
  if (call.outgoing) return "You called";
  return { mailbox: "Your mailbox answered", screener: "Screened call" }[call.by] ?? "Call";
}

function callNote(call) {
  if (call.phase === Phase.over) return (ENDINGS[call.status] ?? (() => "Call"))(call);
  if (call.phase === Phase.machine) return call.by === "mailbox" ? "Your mailbox answers" : "Your phone screens a call";
  return {
    [Phase.requested]: "Calling",
    [Phase.calling]: "You are calling",
    [Phase.ringing]: "Ringing",
    [Phase.talking]: "On a call",
  }[call.phase];
}

/** Shows the conversation of the selected person. */
export class Thread {
  #box;
  #resend;
  #owner;

  constructor(box, resend) {
    this.#box = box;
    this.#resend = resend;
  }

  show(number, phone) {
    const box = this.#box;
    const newest = phone.thread.at(-1);
    const items = phone.isAwaiting() ? [...phone.thread, { kind: "typing", id: "typing" }] : phone.thread;
    const follows =
      this.#owner !== number || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END || newest?.watched;
    if (this.#owner !== number) box.replaceChildren();
    this.#owner = number;
    const shown = items.filter((item) => item.kind !== "call" || item.phase !== Phase.requested);
    arrange(
      box,
      shown,
      (item) => item.id ?? item.sid,
      (item) => this.#make(item),
      (made, item, index) => {
        this.#change(made, item, shown[index + 1]);
      },
    );
    if (follows) box.scrollTop = box.scrollHeight;
  }

  #make(item) {
    if (item.kind === "typing") {
      return element(
        "p",
        { class: "typing" },
        element("span", { class: "unseen" }, "sixthirty is typing"),
        ...[1, 2, 3].map(() => element("i")),
      );
    }
    if (item.kind === "call") return element("p", { class: "note" });
    const who = item.mine ? "You" : item.by === "carrier" ? "The carrier" : "sixthirty";
    return element(
      "article",
      { class: item.mine ? "text mine" : "text theirs" },
      element("p", { class: "bubble" }, element("span", { class: "unseen" }, `${who}: `), item.words),
      element(
        "p",
        { class: "meta" },
        element("time", { datetime: item.at.toISOString() }, shortTime(item.at)),
        element("span", { class: "state" }),
      ),
    );
  }

  #change(made, item, next) {
    if (item.kind === "typing") return;
    if (item.kind === "call") return say(made, `${callNote(item)} · ${shortTime(item.rangAt ?? item.at)}`);
    // Consecutive texts of the person form a block. Only its last text and texts that failed show the time. Each text
    // of the service shows its delivery.
    made.classList.toggle("goes-on", item.mine && next?.kind === "text" && next.mine && item.state !== "failed");
    const times = item.times > 1 ? ` × ${item.times}` : "";
    const state = (item.mine ? STATES[item.state](item) : delivery(item)) + times;
    made.dataset.state = item.mine ? item.state : isUndelivered(item) ? "undelivered" : "received";
    say(made.querySelector(".state"), state);
    const again = made.querySelector("button");
    if (item.state === "failed" && !again) {
      const button = element("button", { type: "button", class: "plain" }, "Send again");
      button.addEventListener("click", () => this.#resend(item));
      made.querySelector(".meta").append(button);
    } else if (item.state !== "failed") {
      again?.remove();
    }
  }
}
