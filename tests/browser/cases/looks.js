// The look of the page: on a small screen, in dark mode, without motion, and muted.

import assert from "node:assert/strict";

const SMALL = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

export async function a_small_screen_shows_everything_without_scrolling_sideways(desktopVisit) {
  const visit = await desktopVisit.another(SMALL);
  const page = await visit.as("+12125550158");
  await visit.sees("#welcome h3");
  await visit.fits("first run");
  await visit.picture("first-run-small");
  await visit.text(
    "Remind me to practice the very long word Donaudampfschifffahrtselektrizitätenhauptbetriebswerk in 6 seconds",
  );
  await visit.sees(".theirs");
  await visit.fits("a thread");
  await page.getByRole("button", { name: /What happened/ }).tap();
  await visit.sees(".reminder .task");
  await visit.fits("what happened");
  await visit.isAccessible("what happened, small");
  await page.getByRole("button", { name: "Phone", exact: true }).tap();
  await visit.rings();
  await visit.fits("ringing");
  await visit.picture("ringing-small");
  await page.getByRole("button", { name: "Answer" }).tap();
  await visit.sees("#lines p", "practice");
  await visit.fits("in a call");
  await visit.isAccessible("in a call, small");
  await visit.picture("talking-small");
  for (const name of ["1", "9", "0", "Hang up"]) {
    const box = await page.getByRole("button", { name, exact: name !== "Hang up" }).boundingBox();
    assert.ok(box && box.y >= 0 && box.y + box.height <= SMALL.viewport.height, `${name} is on the screen`);
  }
  await page.getByRole("button", { name: "1", exact: true }).tap();
  await visit.seesNo("#call");
  await page.getByRole("button", { name: /What happened/ }).tap();
  await visit.sees(".reminder[data-state=heard]");
  await visit.fits("after a call");
  visit.assertClean();
  await visit.close();
}

/** Returns the lightness of the background color, from 0 to 1. */
const lightness = (page, selector) =>
  page.locator(selector).evaluate((shown) => {
    const [red, green, blue] = getComputedStyle(shown)
      .backgroundColor.match(/[\d.]+/g)
      .map(Number);
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  });

export async function dark_mode_follows_the_system_until_the_person_switches_it(session) {
  const visit = await session.another({ colorScheme: "dark" });
  const page = await visit.as("+12125550159");
  assert.ok((await lightness(page, ".phone")) < 0.2, "dark if the system is");
  await visit.text("HELP");
  await visit.sees(".theirs");
  await visit.isAccessible("dark");
  await visit.picture("answered-dark");
  await page.getByRole("button", { name: "Dark mode" }).click();
  assert.ok((await lightness(page, ".phone")) > 0.8, "light after switching");
  await visit.load();
  assert.ok((await lightness(page, ".phone")) > 0.8, "still light after reloading");
  visit.assertClean();
  await visit.close();
  const light = await session.as("+12125550159");
  assert.ok((await lightness(light, ".phone")) > 0.8, "light if the system is");
}

export async function nothing_moves_for_people_who_prefer_reduced_motion(movingVisit) {
  const visit = await movingVisit.another({ reducedMotion: "reduce" });
  const page = await visit.as("+12125550160");
  const countAnimations = () => page.evaluate(() => document.getAnimations().length);
  assert.equal(await countAnimations(), 0);
  await visit.text("Remind me to rest in 5 seconds");
  await visit.rings();
  assert.equal(await countAnimations(), 0);
  await page.keyboard.press("d");
  await visit.seesNo("#call");
  visit.assertClean();
  await visit.close();
  await movingVisit.load();
  await movingVisit.holds("something moves for all other people", () => document.getAnimations().length > 0);
}

export async function a_muted_page_neither_rings_nor_speaks(visit) {
  const page = await visit.as("+12125550161");
  await page.getByRole("button", { name: "Sound" }).click();
  await visit.text("Remind me to be quiet in 5 seconds");
  await visit.rings();
  await page.keyboard.press("a");
  await visit.sees("#lines p", "be quiet");
  await page.keyboard.press("1");
  await visit.sees(".reminder[data-state=heard]");
  const { spoken, tones } = await visit.heard();
  assert.deepEqual({ spoken, tones }, { spoken: [], tones: [] });
}
