// A browser, and a person's visit to the page in it.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const modules = createRequire(join(process.env.BROWSER_MODULES ?? join(root, ".local/browser"), "package.json"));
const { chromium } = modules("playwright-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

/** The domain of another site, which resolves to this machine, as after DNS rebinding. */
export const REBOUND = "rebound.example";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
];
/** Pictures of the states that matter, to be looked at when the page changes. */
const PICTURES = join(root, ".local/browser/pictures");
const STEP_MS = 20_000;
const DESKTOP = { width: 1280, height: 860 };

/** Records spoken words, tones and vibrations, which can't be seen on the page. */
function listen() {
  window.heard = { spoken: [], tones: [], buzzes: [] };
  const speech = { speak: ({ text }) => window.heard.spoken.push(text), cancel() {}, getVoices: () => [] };
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  navigator.vibrate = (pattern) => Boolean(window.heard.buzzes.push(pattern));
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    window.heard.tones.push(Math.round(this.frequency.value));
    return start.apply(this, at);
  };
}

export async function open() {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  return {
    visit: async (url, options = {}) => Visit.begin(browser, url, options),
    blankPage: () => browser.newPage(),
    close: () => browser.close(),
  };
}

/** A person's visit to the page, in a browser context of its own, so that cases share no state. */
export class Visit {
  #context;
  #problems = [];
  #expected = [];

  static async begin(browser, url, options) {
    const visit = new Visit();
    visit.url = url;
    visit.browser = browser;
    const context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light", locale: "en-US", ...options });
    visit.#context = context;
    await context.addInitScript(listen);
    await context.addInitScript({ content: axe });
    visit.page = await context.newPage();
    visit.page.setDefaultTimeout(STEP_MS);
    visit.page.on("pageerror", (error) => visit.#problems.push(`script: ${error.message}`));
    visit.page.on("console", (message) => {
      if (message.type() === "error") visit.#problems.push(`console: ${message.text()}`);
    });
    visit.page.on("request", (request) => {
      if (!request.url().startsWith(`${url}/`)) visit.#problems.push(`fetched from elsewhere: ${request.url()}`);
    });
    return visit;
  }

  /** Opens the page as a person with this number. */
  async as(number, name = "Robin") {
    await this.#context.addInitScript(
      ([personNumber, personName]) => {
        if (localStorage.getItem("people")) return;
        localStorage.setItem("people", JSON.stringify([{ number: personNumber, name: personName, place: "" }]));
        localStorage.setItem("person", personNumber);
      },
      [number, name],
    );
    this.number = number;
    return this.load();
  }

  async load() {
    await this.page.goto(this.url);
    await this.sees("#link[data-up=true]");
    return this.page;
  }

  /** Begins another visit with other options, for example another screen size. */
  another(options) {
    return Visit.begin(this.browser, this.url, options);
  }

  async close() {
    await this.#context.close();
  }

  /** Waits until an element is visible, with these words if any are given. */
  async sees(selector, words, withinMs = STEP_MS) {
    const found = this.page
      .locator(selector)
      .filter(words === undefined ? {} : { hasText: words })
      .first();
    try {
      await found.waitFor({ timeout: withinMs });
    } catch {
      const texts = await this.page.locator(selector).allTextContents();
      throw new Error(`expected to see ${selector} ${words ?? ""}, found ${JSON.stringify(texts)}`);
    }
    return found;
  }

  async seesNo(selector) {
    await this.page.locator(selector).first().waitFor({ state: "hidden" });
  }

  /** Waits until a function that runs in the page returns true. */
  async holds(condition, test, argument, withinMs = STEP_MS) {
    try {
      await this.page.waitForFunction(test, argument, { polling: 50, timeout: withinMs });
    } catch (error) {
      throw new Error(`expected that ${condition}: ${error.message.split("\n")[0]}`);
    }
  }

  /** Keeps the text of every child that an element gets from now on, for elements whose children go away soon. */
  keepLines(list) {
    return this.page.evaluate((selector) => {
      const kept = [];
      window.kept = { ...window.kept, [selector]: kept };
      const keep = (changes) => {
        for (const { addedNodes } of changes) kept.push(...[...addedNodes].map(({ textContent }) => textContent));
      };
      new MutationObserver(keep).observe(document.querySelector(selector), { childList: true });
    }, list);
  }

  /** Waits until an element whose lines are kept has shown a line with these words. */
  showed(list, words, withinMs = STEP_MS) {
    const test = ([selector, part]) => window.kept[selector].some((line) => line.includes(part));
    return this.holds(`${list} has shown “${words}”`, test, [list, words], withinMs);
  }

  async text(words) {
    await this.page.fill("#words", words);
    await this.page.press("#words", "Enter");
  }

  /** Waits until the phone rings. */
  async rings(withinMs = 100_000) {
    await this.page.locator("#call[data-phase=ringing]").waitFor({ timeout: withinMs });
  }

  async hears(words) {
    await this.holds(`“${words}” is spoken`, (part) => window.heard.spoken.some((line) => line.includes(part)), words);
  }

  heard() {
    return this.page.evaluate(() => window.heard);
  }

  /** Checks that axe finds no serious and no critical problem of accessibility on the page. */
  async isAccessible(when) {
    const { violations } = await this.page.evaluate(async () => {
      // While an element is fading in, its contrast is low.
      const ends = (animation) => Number.isFinite(animation.effect.getComputedTiming().endTime);
      await Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
      return window.axe.run();
    });
    const severe = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const found = severe.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
    assert.deepEqual(found, [], when);
  }

  /** Takes a picture of the screen, which a person looks at when the page changes. */
  async picture(name) {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  /** Checks that the page is not wider than the screen. */
  async fits(when) {
    const [page, screen] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(page <= screen, `${when}: expected at most ${screen} px, found ${page}`);
  }

  /** Allows problems with these words, because the case causes them. */
  expects(part) {
    this.#expected.push(part);
  }

  assertClean() {
    assert.deepEqual(
      this.#problems.filter((problem) => !this.#expected.some((part) => problem.includes(part))),
      [],
    );
  }
}
