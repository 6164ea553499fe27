// The header: what was accepted, called and texted since the start, and what the last chaos minute has lost and doubled.

import * as carrier from "./carrier.js";
import { byId, say } from "./dom.js";

const READ_EVERY_MS = 1000;

/** Formats a lateness: "+0.3 s". */
export function lateness(ms) {
  if (ms === undefined || ms === null) return "–";
  return `${ms < 0 ? "−" : "+"}${(Math.abs(ms) / 1000).toFixed(1)} s`;
}

/** Keeps the totals of the header up to date while the page is visible. */
export class Totals {
  constructor() {
    this.#read();
    setInterval(() => document.hidden || this.#read(), READ_EVERY_MS);
  }

  async #read() {
    try {
      this.#show(await carrier.totals());
    } catch {
      // Another part of the page shows whether the server responds. The last totals stay.
    }
  }

  #show({ totals, chaos }) {
    for (const cell of byId("totals").querySelectorAll("dd")) {
      const name = cell.dataset.total;
      say(cell, name === "late" ? lateness(totals.late_p50_ms) : String(totals[name]));
    }
    const last = byId("last-chaos");
    say(last, chaos ? `last chaos minute: ${chaos.lost} lost, ${chaos.doubled} doubled` : "");
    last.classList.toggle("bad", Boolean(chaos) && chaos.lost + chaos.doubled > 0);
  }
}
