// "Break it": faults of the carrier for the next call, text or report of the selected person.

import * as carrier from "./carrier.js";
import { byId, element, say } from "./dom.js";

/** How often the armed faults are read while the section is open. A fault is removed when it applies. */
const READ_EVERY_MS = 1000;
/** How long the carrier is down. */
const DOWN_MS = 20_000;
/** How often a text is delivered again. */
const COPIES = 10;

/** The faults: a name, what the service does then, and the fault as the carrier reads it. */
const FAULTS = [
  ["Busy", "The phone is busy. The service calls again two minutes later.", { kind: "busy" }],
  [
    "Answer lost",
    "The carrier accepts the call and hangs up on the service. The phone may ring, so the service does not call again.",
    { kind: "close-after-accept", resource: "calls" },
  ],
  [
    "Fails with 500",
    "The carrier fails. The phone may ring, so the service does not call again. It texts.",
    { kind: "http-500", resource: "calls" },
  ],
  [
    "Too many requests",
    "The carrier refuses the call for now. The phone does not ring, so the service tries again.",
    { kind: "http-429", resource: "calls", ms: 2000 },
  ],
  ["Slow", "The carrier takes 8 s to place the call.", { kind: "slow", resource: "calls", ms: 8000 }],
  ["Reports twice", "The next three reports come twice. The service ignores the second.", { kind: "double-webhook", times: 3 }],
  ["A report lost", "The next report does not come. The service asks the carrier for the status.", { kind: "lose-webhook" }],
  ["Reports reversed", "The reports of the next call come after its end, the last one first.", { kind: "reorder" }],
];

/** Shows the faults, and arms and removes them. */
export class Breaking {
  #number;
  #log;
  #armed = [];

  /** `log` has the texts of each person. */
  constructor(log) {
    this.#log = log;
    for (const [name, effect, fault] of FAULTS) {
      const button = element(
        "button",
        { type: "button", class: "fault", "aria-pressed": "false", "data-kind": fault.kind },
        element("b", {}, name),
        element("small", {}, effect),
      );
      button.addEventListener("click", () => this.#toggle(fault));
      byId("faults").append(element("li", {}, button));
    }
    byId("carrier-down").addEventListener("click", () => this.#try(() => carrier.stopCarrier(DOWN_MS)));
    byId("text-again").addEventListener("click", () => this.#textAgain());
    byId("break-it").addEventListener("toggle", () => this.#read());
    setInterval(() => this.#read(), READ_EVERY_MS);
  }

  /** Switches to another person. */
  watch(number) {
    this.#number = number;
    this.#armed = [];
    this.#draw();
    this.#read();
  }

  async #read() {
    if (!byId("break-it").open) return;
    const number = this.#number;
    try {
      const faults = await carrier.faults();
      if (number !== this.#number) return;
      this.#armed = faults.filter(({ to }) => to === number);
      this.#draw();
    } catch {
      // Another part of the page shows whether the server responds.
    }
  }

  #draw() {
    for (const button of byId("faults").querySelectorAll("button")) {
      const isArmed = this.#armed.some(({ kind }) => kind === button.dataset.kind);
      button.setAttribute("aria-pressed", String(isArmed));
    }
    const count = new Set(this.#armed.map(({ kind }) => kind)).size;
    say(byId("armed"), count === 0 ? "" : `${count} armed`);
  }

  /** Arms a fault, or removes it. The carrier can only remove all faults of a person, so the others are armed again. */
  async #toggle(fault) {
    const number = this.#number;
    await this.#try(async () => {
      const others = this.#armed.filter(({ kind }) => kind !== fault.kind);
      if (others.length === this.#armed.length) return carrier.arm({ ...fault, to: number });
      await carrier.disarm(number);
      for (const other of others) await carrier.arm(other);
    });
    await this.#read();
  }

  async #textAgain() {
    const texts = this.#log.phone(this.#number).thread.filter((item) => item.kind === "text" && item.mine);
    const last = texts.at(-1);
    if (!last) return say(byId("break-trouble"), "Send a text first.");
    await this.#try(async () => {
      const { copies } = await carrier.text(this.#number, last.id, last.words, COPIES);
      const answered = copies.filter(({ status }) => status >= 200 && status < 300);
      const different = new Set(answered.map(({ answer }) => answer.join(" "))).size;
      const answers = different > 1 ? `with ${different} different answers` : "each with the same answer";
      say(byId("break-result"), `Answered ${answered.length} of ${COPIES} repeats, ${answers}.`);
    });
  }

  async #try(request) {
    say(byId("break-result"), "");
    try {
      await request();
      say(byId("break-trouble"), "");
    } catch (failure) {
      say(byId("break-trouble"), failure.message);
    }
  }
}
