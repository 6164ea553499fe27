// The header: how many reminders were accepted, called, texted, lost and doubled since the start.

import * as carrier from "./carrier.js";
import { byId, say } from "./dom.js";

const READ_EVERY_MS = 1000;

/** Formats a lateness: "+0.3 s". */
export function lateness(ms) {
  if (ms === undefined || ms === null) return "–";
  return `${ms < 0 ? "−" : "+"}${(Math.abs(ms) / 1000).toFixed(1)} s`;
}

/** Keeps the figures of the header up to date while the page is visible. */
export class Standing {
  constructor() {
    this.#read();
    setInterval(() => document.hidden || this.#read(), READ_EVERY_MS);
  }

  async #read() {
    try {
      const { standing } = await carrier.standing();
      this.#show(standing);
    } catch {
      // Another part of the page shows whether the server responds. The last figures stay.
    }
  }

  #show({ late_p50_ms: late, problems, ...figures }) {
    for (const cell of byId("standing").querySelectorAll("dd")) {
      const name = cell.dataset.figure;
      say(cell, name === "late" ? lateness(late) : String(figures[name]));
      cell.classList.toggle("bad", ["lost", "doubled"].includes(name) && figures[name] > 0);
      if (problems.length > 0 && cell.classList.contains("bad")) cell.title = problems.join("\n");
    }
  }
}
