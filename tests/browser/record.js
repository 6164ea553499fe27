// Records README's picture in both themes: a chaos minute on the real page. Run it with `tests/browser/run --record`.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { animate } from "./animation.js";
import { root } from "./browser.js";

const SIZE = { width: 900, height: 780 };
/** One screenshot is taken so often, and shown for `FRAME_MS`. */
const EVERY_MS = 2200;
const FRAME_MS = 350;
const LAST_MS = 4000;
/** A chaos minute and its recovery take at most so long. */
const MINUTE_MS = 900_000;
/** README shows pictures of at most this size, in bytes. */
const MOST_BYTES = 2_000_000;

const PERSON = "+12125550197";

/** Shows the phone of a person, the drawing of the system and the chaos minute. */
async function show(browser, stack, colorScheme) {
  const visit = await browser.visit(stack.url, { viewport: SIZE, colorScheme });
  const page = await visit.as(PERSON);
  await page.locator("#system summary").click();
  await page.locator("#system").evaluate((system) => system.scrollIntoView());
  return visit;
}

export async function record(browser, stack) {
  const visits = { light: await show(browser, stack, "light"), dark: await show(browser, stack, "dark") };
  const shots = { light: [], dark: [] };
  const page = visits.light.page;
  // Another minute may run already.
  await page.locator("#chaos-start:not([aria-disabled=true])").waitFor({ timeout: MINUTE_MS });
  await visits.light.text("Remind me to buy milk in 30 seconds");
  await visits.light.sees(".theirs", "buy milk");
  await page.locator("#chaos-start").click();
  await visits.light.sees("#chaos-progress", /^Breaking/);
  for (const visit of Object.values(visits)) await visit.page.locator("#system").evaluate((system) => system.scrollIntoView());
  for (let isOver = false; !isOver; ) {
    isOver = await page.locator("#chaos-card").isVisible();
    for (const [theme, visit] of Object.entries(visits)) {
      if (isOver) await visit.page.locator("#chaos-card").scrollIntoViewIfNeeded();
      shots[theme].push(await visit.page.screenshot());
    }
    await page.waitForTimeout(EVERY_MS);
  }
  console.log(await page.locator("#chaos-card .sentence").textContent());
  for (const [theme, taken] of Object.entries(shots)) {
    const picture = await animate(browser, taken, { ...SIZE, frameMs: FRAME_MS, lastMs: LAST_MS });
    if (picture.length > MOST_BYTES) throw new Error(`expected at most ${MOST_BYTES} bytes, found ${picture.length}`);
    const path = join(root, `infra/local/chaos-${theme}.webp`);
    writeFileSync(path, picture);
    console.log(`${path}: ${taken.length} screenshots, ${picture.length} bytes`);
    await visits[theme].close();
  }
}
