// The figures in the header, and "60 seconds of chaos".

import assert from "node:assert/strict";

const figure = async (page, name) => page.locator(`#standing dd[data-figure=${name}]`).textContent();

async function the_header_counts_what_was_accepted_and_called_and_that_nothing_was_lost(visit) {
  const page = await visit.as("+12125550184");
  await visit.sees("#standing dd[data-figure=lost]", /^0$/);
  await visit.isAccessible("the figures of the header");
  const [accepted, called] = [Number(await figure(page, "accepted")), Number(await figure(page, "called"))];
  await visit.text("Remind me to count in 5 seconds");
  await visit.holds("the reminder is accepted", (before) => {
    return Number(document.querySelector("dd[data-figure=accepted]").textContent) > before;
  }, accepted);
  await visit.rings();
  await page.keyboard.press("a");
  await visit.sees("#lines p", "count");
  await page.keyboard.press("1");
  await visit.holds("the reminder is called", (before) => {
    return Number(document.querySelector("dd[data-figure=called]").textContent) > before;
  }, called);
  assert.match(await figure(page, "late"), /^[+−]\d+\.\d s$/);
  assert.deepEqual([await figure(page, "lost"), await figure(page, "doubled")], ["0", "0"]);
  const title = await page.locator("#standing").getAttribute("title");
  assert.match(title, /since the start of “cargo local”/);
}

const FIGURES = {
  phase: "chaos minute", posted: 20, texts: 20, accepted: 19, called: 12, texted: 3, lost: 4, doubled: 0, early: 0,
  late_p50_ms: 310, late_p99_ms: 21_400, most_calls_in_a_second: 1, note: "", problems: [],
};
const CARD = {
  seed: 4711, reminders: 20, killed: 11, aws_stopped: 1, carrier_stopped: 1, faults: 8, took_s: 187,
  figures: { ...FIGURES, accepted: 20, called: 17, texted: 3, lost: 0 },
  sentence: "20 reminders, 11 processes killed, AWS stopped once, the carrier once: 0 lost, 0 doubled, median +0.3 s",
  command: "cargo local chaos --seed 4711",
};

/** Serves chaos minutes to a page. Returns the minute, which the case may change. */
async function serveChaos(visit) {
  const served = { minute: null, starts: 0 };
  const now = () => new Date().toISOString();
  await visit.page.route("**/api/chaos", (route) => {
    if (route.request().method() === "POST") {
      served.starts += 1;
      const note = { at: now(), words: "Stopped AWS" };
      served.minute = { seed: 4711, started: now(), step: "breaking", notes: [note], figures: FIGURES };
    }
    route.fulfill({ json: { now: now(), minute: served.minute } });
  });
  return served;
}

async function a_chaos_minute_shows_what_breaks_and_a_card_that_can_be_copied(session) {
  const visit = await session.another({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await visit.as("+12125550185");
  const served = await serveChaos(visit);
  const start = page.locator("#chaos-start");
  await start.focus();
  await page.keyboard.press("Enter");
  await visit.sees("#chaos-progress[role=status]", "Breaking, ");
  await visit.sees("#chaos-progress", "19 accepted, 12 called, 3 texted, 0 doubled.");
  await visit.sees("#chaos-notes li", "Stopped AWS");
  assert.equal(await start.getAttribute("aria-disabled"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.id), "chaos-start", "the focus stays on the button");
  await page.keyboard.press("Enter");
  assert.equal(served.starts, 1, "only one minute runs at a time");
  await visit.isAccessible("a running chaos minute");

  // A page that is opened meanwhile shows the same minute, then its card.
  await visit.load();
  await visit.sees("#chaos-notes li", "Stopped AWS");
  served.minute = { ...served.minute, step: "recovering" };
  await visit.sees("#chaos-progress", "Recovering, ");
  served.minute = { ...served.minute, figures: CARD.figures };
  await visit.sees("#chaos-progress", "All were told, watching for doubled calls, ");
  served.minute = { ...served.minute, step: "over", card: CARD };
  await visit.sees("#chaos-card .sentence", CARD.sentence);
  await visit.sees("#chaos-card code", "cargo local chaos --seed 4711");
  await visit.sees("#chaos-card .details", "17 called, 3 texted instead, the latest call +21.4 s.");
  await visit.seesNo("#chaos-notes li");
  await visit.isAccessible("the card");
  await page.getByRole("button", { name: "Copy as text" }).click();
  await visit.sees("#chaos-copied", "Copied.");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.startsWith(`${CARD.sentence}\n17 called`), copied);
  assert.ok(copied.endsWith("Repeat it: cargo local chaos --seed 4711\n"), copied);
  await visit.load();
  await visit.sees("#chaos-card .sentence", CARD.sentence);

  served.minute = { ...served.minute, step: "failed", card: undefined, trouble: "the emulator ended" };
  await visit.sees("#chaos-trouble", "The chaos minute could not be run: the emulator ended");
  await visit.seesNo("#chaos-card");
  visit.assertClean();
  await visit.close();
}

async function the_card_fits_on_a_small_screen_and_in_dark_mode(session) {
  const small = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, colorScheme: "dark" };
  const visit = await session.another(small);
  const page = await visit.as("+12125550186");
  const served = await serveChaos(visit);
  await visit.fits("the figures of the header");
  await page.getByRole("button", { name: /What happened/ }).tap();
  await page.locator("#chaos-start").tap();
  await visit.sees("#chaos-notes li", "Stopped AWS");
  await visit.fits("a running chaos minute");
  served.minute = { ...served.minute, step: "over", card: CARD };
  await visit.sees("#chaos-card .sentence", CARD.sentence);
  await visit.fits("the card");
  await visit.isAccessible("the card, small and dark");
  visit.assertClean();
  await visit.close();
}

/**
 * Breaks the stack. Ends when nothing breaks any more. The card comes two minutes later, and `cargo local chaos` checks
 * it. The case after this one stops the stack while the minute recovers.
 */
async function a_chaos_minute_breaks_the_stack_and_its_people_are_not_in_the_list(visit) {
  const page = await visit.as("+12125550187");
  visit.expects("ERR_");
  visit.expects("502");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await visit.sees("#chaos-notes li", "Armed a fault of the carrier");
  await visit.sees("#chaos-notes li", "Killed the ", 60_000);
  await visit.sees("#chaos-notes li", "Stopped AWS", 60_000);
  await visit.sees("#chaos-notes li", "Started AWS again", 60_000);
  await visit.sees("#chaos-notes li", "Stopped the carrier", 60_000);
  await visit.sees("#chaos-progress", /^(Recovering|All were told)/, 90_000);
  await visit.sees("#chaos-progress", /20 accepted, \d+ called, \d+ texted, 0 doubled/, 60_000);
  const { crowd } = await (await page.request.get(`${visit.url}/api/service`)).json();
  const listed = (await page.locator("#people .detail").allTextContents()).map((number) => number.replaceAll(" ", ""));
  assert.ok(listed.length >= 4 && crowd.length > 0, "the list has the example people");
  assert.deepEqual(listed.filter((number) => crowd.some((start) => number.startsWith(start))), []);
  const again = await page.request.post(`${visit.url}/api/chaos`);
  assert.deepEqual([again.status(), (await again.json()).error], [409, "Another chaos minute is running."]);
}

export const together = {
  the_header_counts_what_was_accepted_and_called_and_that_nothing_was_lost,
  a_chaos_minute_shows_what_breaks_and_a_card_that_can_be_copied,
  the_card_fits_on_a_small_screen_and_in_dark_mode,
};
export const alone = { a_chaos_minute_breaks_the_stack_and_its_people_are_not_in_the_list };
