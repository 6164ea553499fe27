// The current step of "cargo local talk": what it is about, what happens, its result, and the place in the code.

import * as carrier from "./carrier.js";
import { arrange, byId, element, say } from "./dom.js";

const READ_EVERY_MS = 1000;
/** The newest happenings that are shown. The terminal shows all. */
const MOST_SHOWN = 12;

/** Formats a time before or after the due: "+0.3 s". */
function fromDue(at, due) {
  if (!due) return "";
  const seconds = (Date.parse(at) - Date.parse(due)) / 1000;
  return `${seconds < 0 ? "−" : "+"}${Math.abs(seconds).toFixed(1)} s`;
}

/** Shows the current step while a talk is played. */
export class Talk {
  #step;
  #onPerson;

  /** Calls `onPerson` with the number of each step's first person. */
  constructor(onPerson) {
    this.#onPerson = onPerson;
    this.#read();
  }

  async #read() {
    try {
      const { played, step } = await carrier.talk();
      if (!played) return;
      // A chaos minute would break the steps.
      byId("chaos").hidden = true;
      if (step) this.#show(step);
    } catch {
      // Another part of the page shows whether the server responds.
    }
    setTimeout(() => this.#read(), READ_EVERY_MS);
  }

  #show({ step, of, section, about, fault, person, due, happened, result, code, waits }) {
    byId("talk").hidden = false;
    say(byId("talk-title"), `Step ${step} of ${of}: ${section}`);
    say(byId("talk-about"), about);
    say(byId("talk-fault"), `Fault: ${fault}`);
    arrange(
      byId("talk-happened"),
      happened.slice(-MOST_SHOWN),
      ({ at, who, words }) => `${step} ${at} ${who} ${words} ${due}`,
      ({ at, who, words }) =>
        element("li", {}, element("time", { datetime: at }, fromDue(at, due)), element("b", {}, who), ` ${words}`),
      () => {},
    );
    say(byId("talk-result"), result ? `${result.is_good ? "Passed" : "Failed"}: ${result.words}` : "");
    byId("talk-result").classList.toggle("bad", result?.is_good === false);
    say(byId("talk-place"), `${code.path}, line ${code.line}`);
    say(byId("talk-code"), code.lines.join("\n"));
    say(byId("talk-waits"), waits ? "The talk waits for Enter in its terminal." : "");
    if (this.#step !== step) this.#onPerson(person);
    this.#step = step;
  }
}
