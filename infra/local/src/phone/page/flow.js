// The drawing of the system: a dot travels for each step that the functions log. A killed function is marked.

import * as carrier from "./carrier.js";
import { arrange, byId, element } from "./dom.js";
import { exactTime } from "./times.js";

const SVG = "http://www.w3.org/2000/svg";
/** How often the functions' lines are read while the drawing is open. */
const READ_EVERY_MS = 700;
/** How long a dot travels along one edge. */
const EDGE_MS = 600;
/** How long a place stays highlighted. */
const LIT_MS = 700;
/** How long a killed function is marked. It starts again with its next invocation. */
const KILLED_MS = 1500;
const MOST_STEPS = 6;
const MOST_KNOWN = 2000;

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const place = (name) => byId("drawing").querySelector(`[data-place=${name}]`);
const edge = (from, to) => byId("edges").querySelector(`[data-edge="${from} ${to}"]`);

/** Adds a class for a time. */
function light(node, name, ms = LIT_MS) {
  node?.classList.add(name);
  setTimeout(() => node?.classList.remove(name), ms);
}

/** Draws the steps while the drawing is open. */
export class Flow {
  #since;
  #known = new Set();
  #steps = [];
  #numberOf;
  #isReading = false;

  /** `numberOf` returns the number of a reminder by its id, if the page knows it. */
  constructor(numberOf) {
    this.#numberOf = numberOf;
    byId("system").addEventListener("toggle", () => {
      this.#since = undefined;
      this.#read();
    });
    setInterval(() => this.#read(), READ_EVERY_MS);
  }

  /** Marks a function that was killed: "Killed the dialer function while it worked". */
  note({ words }) {
    const [, name] = /^Killed the (\w+) function/.exec(words) ?? [];
    if (name) light(place(name), "killed", KILLED_MS);
    if (words === "Stopped the carrier") light(place("carrier"), "killed", KILLED_MS);
    if (words === "Stopped AWS") for (const part of ["table", "queue"]) light(place(part), "killed", KILLED_MS);
  }

  async #read() {
    if (!byId("system").open || document.hidden || this.#isReading) return;
    this.#isReading = true;
    try {
      const { now, steps } = await carrier.flow(this.#since);
      this.#since = now;
      for (const step of steps) this.#take(step);
    } catch {
      // Another part of the page shows whether the server responds.
    } finally {
      this.#isReading = false;
    }
  }

  #take(step) {
    if (this.#known.has(step.id)) return;
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    this.#known.add(step.id);
    this.#travel(step);
    this.#steps.unshift(step);
    this.#steps.length = Math.min(this.#steps.length, MOST_STEPS);
    arrange(
      byId("steps"),
      this.#steps,
      ({ id }) => id,
      (shown) => this.#make(shown),
      () => {},
    );
  }

  #make({ at, path, reminder, words }) {
    const time = element("time", { datetime: at }, exactTime(new Date(at)));
    return element("li", {}, time, ` ${this.#name(reminder)}${words}: ${path.join(" → ")}`);
  }

  #name(reminder) {
    const number = this.#numberOf(reminder);
    return number ? `#${number} ` : "";
  }

  /** Moves a dot along the path. For people who prefer reduced motion, only the places and edges light up. */
  async #travel({ path, reminder, words }) {
    const isWrite = path.at(-1) === "table" && path.length > 1;
    const dot = reduced.matches ? undefined : makeDot(this.#name(reminder).trim());
    for (const [index, from] of path.slice(0, -1).entries()) {
      const to = path[index + 1];
      const line = edge(from, to);
      light(place(from), "used");
      light(line, "used");
      if (dot && line) await move(dot, line);
      light(place(to), to === "table" && isWrite ? "written" : "used");
    }
    dot?.remove();
    byId("drawing").dataset.newest = words;
  }
}

function makeDot(name) {
  const dot = document.createElementNS(SVG, "g");
  const circle = document.createElementNS(SVG, "circle");
  circle.setAttribute("r", "5");
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("y", "-8");
  text.textContent = name;
  dot.append(circle, text);
  byId("dots").append(dot);
  return dot;
}

/** Moves a dot along an edge. */
function move(dot, line) {
  const length = line.getTotalLength();
  const started = performance.now();
  return new Promise((resolve) => {
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - started) / EDGE_MS));
      const { x, y } = line.getPointAtLength(part * length);
      dot.setAttribute("transform", `translate(${x} ${y})`);
      if (part < 1) requestAnimationFrame(step);
      else resolve();
    };
    step(started);
  });
}
