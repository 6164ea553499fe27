// The totals in the header, and "60 seconds of chaos".

import assert from "node:assert/strict";

const total = async (page, name) => page.locator(`#totals dd[data-total=${name}]`).textContent();

async function the_header_counts_what_was_accepted_and_called(visit) {
  const page = await visit.as("+12125550184");
  await visit.sees("#totals dd[data-total=texted]", /^\d+$/);
  await visit.isAccessible("the totals in the header");
  const [accepted, called] = [Number(await total(page, "accepted")), Number(await total(page, "called"))];
  await visit.text("Remind me to count in 5 seconds");
  await visit.holds("the reminder is accepted", (before) => {
    return Number(document.querySelector("dd[data-total=accepted]").textContent) > before;
  }, accepted);
  await visit.rings();
  await page.keyboard.press("a");
  await visit.sees("#lines p", "count");
  await page.keyboard.press("1");
  await visit.holds("the reminder is called", (before) => {
    return Number(document.querySelector("dd[data-total=called]").textContent) > before;
  }, called);
  assert.match(await total(page, "late"), /^[+−]\d+\.\d s$/);
  assert.match(await page.locator("#totals dl").getAttribute("title"), /^Since the start of “cargo local”\./);
}

async function the_header_says_what_the_last_chaos_minute_has_lost_and_doubled(session) {
  const visit = await session.another({});
  const totals = { accepted: 21, called: 18, texted: 4, late_p50_ms: -310 };
  const served = { totals, chaos: null };
  await visit.page.route("**/api/totals", (route) => route.fulfill({ json: served }));
  const page = await visit.as("+12125550191");
  await visit.sees("#totals dd[data-total=late]", "−0.3 s");
  assert.equal(await page.locator("#last-chaos").textContent(), "");
  served.chaos = { lost: 0, doubled: 0 };
  await visit.sees("#last-chaos", /^last chaos minute: 0 lost, 0 doubled$/);
  await visit.isAccessible("the last chaos minute in the header");
  served.chaos = { lost: 1, doubled: 0 };
  await visit.sees("#last-chaos.bad", /^last chaos minute: 1 lost, 0 doubled$/);
  await visit.isAccessible("a bad chaos minute in the header");
  visit.assertClean();
  await visit.close();
}

const FIGURES = {
  phase: "chaos minute", posted: 20, texts: 20, accepted: 19, called: 12, texted: 3, lost: 4, doubled: 0, early: 0,
  late_p50_ms: 310, late_p99_ms: 21_400, most_calls_in_a_second: 1, note: "", problems: [],
};
const CARD = {
  seed: 4711, reminders: 20, killed: 11, aws_stopped: 1, carrier_stopped: 1, faults: 8, took_s: 187,
  figures: { ...FIGURES, accepted: 20, called: 17, texted: 3, lost: 0 },
  sentence: "20 reminders, 11 processes killed, AWS stopped once, the carrier stopped once: 0 lost, 0 doubled, " +
    "median +0.3 s",
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
    route.fulfill({ json: { now: now(), minute: served.minute, people: [] } });
  });
  return served;
}

async function a_chaos_minute_shows_what_breaks_and_a_card_that_can_be_copied(session) {
  const visit = await session.another({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await visit.as("+12125550185");
  const served = await serveChaos(visit);
  await page.evaluate(() => {
    window.announced = [];
    const step = document.getElementById("chaos-step");
    new MutationObserver(() => window.announced.push(step.textContent)).observe(step, { childList: true });
  });
  const announced = () => page.evaluate(() => window.announced);
  const start = page.getByRole("button", { name: "Start 60 seconds of chaos" });
  await start.focus();
  await page.keyboard.press("Enter");
  await visit.sees("#chaos-progress", "Breaking, ");
  assert.deepEqual(await announced(), ["Things break for 60 seconds."]);
  await visit.sees("#chaos-progress", "19 accepted, 12 called, 3 texted, 0 doubled.");
  await visit.sees("#chaos-notes li", "Stopped AWS");
  assert.equal(await page.locator("#chaos-start").getAttribute("aria-disabled"), "true");
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
  assert.equal(await page.locator("#chaos-step[role=status]").textContent(), `The result is there: ${CARD.sentence}`);
  await visit.sees("#chaos-card code", "cargo local chaos --seed 4711");
  await visit.sees("#chaos-card .details", "17 called, 3 texted, the latest call +21.4 s.");
  await visit.seesNo("#chaos-notes li");
  await visit.isAccessible("the card");
  await visit.picture("chaos-card");
  await page.getByRole("button", { name: "Copy as text" }).click();
  await visit.sees("#chaos-copied", "Copied.");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.startsWith(`${CARD.sentence}\n17 called`), copied);
  assert.ok(copied.endsWith("Run the same plan: cargo local chaos --seed 4711\n"), copied);
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
  await visit.fits("the totals in the header");
  await page.getByRole("button", { name: /What happened/ }).tap();
  await page.locator("#chaos-start").tap();
  await visit.sees("#chaos-notes li", "Stopped AWS");
  await visit.fits("a running chaos minute");
  served.minute = { ...served.minute, step: "over", card: CARD };
  await visit.sees("#chaos-card .sentence", CARD.sentence);
  await visit.fits("the card");
  await visit.isAccessible("the card, small and dark");
  await visit.picture("chaos-card-small-dark");
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
  await visit.keepLines("#chaos-notes");
  await page.getByRole("button", { name: "Start 60 seconds of chaos" }).click();
  await visit.sees("#chaos-notes li", "Armed a fault of the carrier");
  for (const note of ["Killed the ", "Stopped AWS", "Started AWS again", "Stopped the carrier"]) {
    await visit.showed("#chaos-notes", note, 60_000);
  }
  await visit.sees("#chaos-progress", /^(Recovering|All were told)/, 90_000);
  await visit.sees("#chaos-progress", /20 accepted, \d+ called, \d+ texted, 0 doubled/, 60_000);
  const { people } = await (await page.request.get(`${visit.url}/api/chaos`)).json();
  const words = (await page.locator("#people .person").allTextContents()).map((text) => text.replace(/\s/g, ""));
  assert.ok(words.length >= 4 && people.length === 20, "the list has the example people");
  assert.deepEqual(people.filter((number) => words.some((text) => text.includes(number))), []);
  // Another number of the same kind is listed.
  const other = ["+12015550100", "+12035550100"].find((number) => !people.includes(number));
  await page.request.post(`${visit.url}/_phone/text`, { data: { from: other, body: "LIST" } });
  await visit.sees("#people .person", other.replace(/^\+1(...)(...)/, "+1 $1 $2 "));
  const again = await page.request.post(`${visit.url}/api/chaos`);
  assert.deepEqual([again.status(), (await again.json()).error], [409, "Another chaos minute is running."]);
}

export const together = {
  the_header_counts_what_was_accepted_and_called,
  the_header_says_what_the_last_chaos_minute_has_lost_and_doubled,
  a_chaos_minute_shows_what_breaks_and_a_card_that_can_be_copied,
  the_card_fits_on_a_small_screen_and_in_dark_mode,
};
export const alone = { a_chaos_minute_breaks_the_stack_and_its_people_are_not_in_the_list };
