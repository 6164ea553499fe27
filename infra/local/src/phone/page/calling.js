// The header of the phone: calls the service, and sets a mailbox or call screening.

import * as carrier from "./carrier.js";
import { byId } from "./dom.js";
import * as sound from "./sound.js";

/**
 * How long the phone rings before its mailbox answers. The service lets it ring for 18 s, which is less than most
 * mailboxes wait. This mailbox waits less than 18 s, so that a person can try it.
 */
const MAILBOX_AFTER_MS = 15_000;

/** Handles the button that calls the service, and the choice of a mailbox or call screening for the selected person. */
export class Calling {
  #number;
  #trouble;

  /** `trouble` shows an error message, or removes it if the message is empty. */
  constructor(trouble) {
    this.#trouble = trouble;
    byId("call-back").addEventListener("click", () => this.#callBack());
    byId("answering").addEventListener("change", () => this.#choose(byId("answering").value));
  }

  /** Switches to another person's phone. */
  async watch(number) {
    this.#number = number;
    try {
      const { answering } = await carrier.phoneSetting(number);
      if (this.#number === number) byId("answering").value = answering;
    } catch {
      // The old choice stays. Another part of the page shows whether the server responds.
    }
  }

  async #callBack() {
    sound.wake();
    await this.#try(() => carrier.callService(this.#number));
  }

  async #choose(answering) {
    const after = answering === "mailbox" ? { after_ms: MAILBOX_AFTER_MS } : {};
    await this.#try(() => carrier.setPhone(this.#number, { answering, ...after }));
  }

  async #try(request) {
    try {
      await request();
      this.#trouble("");
    } catch (failure) {
      this.#trouble(failure.message);
    }
  }
}
