// Records README's picture in both themes: a chaos minute on the real page. Run it with `tests/browser/run --record`.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { animate } from "./animation.js";
import { root } from "./browser.js";

const SIZE = { width: 900, height: 640 };
/** One screenshot is taken so often, and shown for `FRAME_MS`. */
const EVERY_MS = 2500;
const FRAME_MS = 350;
const LAST_MS = 4000;
/** README shows pictures of at most this size, in bytes. */
const MOST_BYTES = 2_000_000;

/** Shows the drawing of the system and the chaos minute, without the reminders of the person. */
async function show(browser, stack, colorScheme) {
  const visit = await browser.visit(stack.url, { viewport: SIZE, colorScheme });
  const page = await visit.load();
  await page.locator("#system summary").click();
  await page.locator("#system").scrollIntoViewIfNeeded();
  return visit;
}

export async function record(browser, stack) {
  const visits = { light: await show(browser, stack, "light"), dark: await show(browser, stack, "dark") };
  const shots = { light: [], dark: [] };
  const page = visits.light.page;
  if ((await page.locator("#chaos-start").getAttribute("aria-disabled")) !== "true") {
    await page.getByRole("button", { name: "Start 60 seconds of chaos" }).click();
  }
  await visits.light.sees("#chaos-progress", /^(Breaking|Recovering)/);
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
