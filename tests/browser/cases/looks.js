// How it looks: on a small screen, by day and by night, without motion.

import assert from "node:assert/strict";

const SMALL = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

export async function a_small_screen_shows_all_of_it_without_scrolling_sideways(desk) {
  const visit = await desk.another(SMALL);
  const page = await visit.as("+12125550158");
  await visit.sees("#welcome h3");
  await visit.fits("first run");
  await visit.text(
    "Remind me to practise the very long word Donaudampfschifffahrtselektrizitätenhauptbetriebswerk in 6 seconds",
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
  await page.getByRole("button", { name: "Answer" }).tap();
  await visit.sees("#lines p", "practise");
  await visit.fits("in a call");
  await visit.isAccessible("in a call, small");
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

/** How light a colour is, from 0 to 1. */
const lightness = (page, selector) =>
  page.locator(selector).evaluate((shown) => {
    const [red, green, blue] = getComputedStyle(shown)
      .backgroundColor.match(/[\d.]+/g)
      .map(Number);
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  });

export async function night_follows_the_system_until_the_switch_says_otherwise(day) {
  const visit = await day.another({ colorScheme: "dark" });
  const page = await visit.as("+12125550159");
  assert.ok((await lightness(page, ".phone")) < 0.2, "dark where the system is");
  await visit.text("HELP");
  await visit.sees(".theirs");
  await visit.isAccessible("dark");
  await page.getByRole("button", { name: "Dark colours" }).click();
  assert.ok((await lightness(page, ".phone")) > 0.8, "light by the switch");
  await visit.load();
  assert.ok((await lightness(page, ".phone")) > 0.8, "and still, when the page is opened again");
  visit.assertClean();
  await visit.close();
  const light = await day.as("+12125550159");
  assert.ok((await lightness(light, ".phone")) > 0.8, "light where the system is");
}

export async function nothing_moves_for_who_wants_no_motion(moving) {
  const visit = await moving.another({ reducedMotion: "reduce" });
  const page = await visit.as("+12125550160");
  const moves = () => page.evaluate(() => document.getAnimations().length);
  assert.equal(await moves(), 0);
  await visit.text("Remind me to rest in 5 seconds");
  await visit.rings();
  assert.equal(await moves(), 0);
  await page.keyboard.press("d");
  await visit.seesNo("#call");
  visit.assertClean();
  await visit.close();
  const lively = await moving.load();
  assert.ok((await lively.evaluate(() => document.getAnimations().length)) > 0, "something moves for everybody else");
}

export async function what_is_muted_neither_rings_nor_speaks(visit) {
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
