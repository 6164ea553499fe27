// The timeline of each reminder: what happened and why.

import assert from "node:assert/strict";

/** Opens the timeline of the first reminder with the keyboard. */
async function openTimeline(visit) {
  await visit.sees(".life summary", "Timeline");
  await visit.page.locator(".life summary").first().focus();
  await visit.page.keyboard.press("Enter");
  await visit.sees(".events li");
}

const arm = async (visit, fault) => {
  const armed = await visit.page.request.post(`${visit.url}/_carrier/faults`, { data: { to: visit.number, ...fault } });
  assert.equal(armed.status(), 200);
};

/** Checks that sentences come in this order. Others may stand between them. */
function inOrder(lines, sentences) {
  let from = 0;
  for (const sentence of sentences) {
    const found = lines.findIndex((line, index) => index >= from && line.includes(sentence));
    assert.ok(found >= 0, `expected “${sentence}” after line ${from}, found ${JSON.stringify(lines, null, 1)}`);
    from = found + 1;
  }
}

async function a_heard_reminder_has_a_timeline_that_can_be_copied(session) {
  const visit = await session.another({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await visit.as("+12125550192");
  await visit.text("Remind me to keep a diary in 5 seconds");
  await visit.rings();
  await page.keyboard.press("a");
  await visit.hears("keep a diary");
  await page.keyboard.press("1");
  await visit.sees(".reminder[data-state=heard] .reason", "A key was pressed. The reminder counts as heard.");
  await visit.sees(".life .called", /^called \+\d+\.\d s, \d+ events$/);
  await openTimeline(visit);
  await visit.sees(".events li", "The call is over, as the carrier reports.");
  const list = page.getByRole("list", { name: /^Timeline of #\d+$/ });
  const lines = await list.getByRole("listitem").allTextContents();
  inOrder(lines, [
    "Accepted: the request and the reminder are stored in one transaction.",
    "Claimed call 1. Its request is being sent to the carrier.",
    // The carrier's first report may come before its answer. Then the sentence is another one, with the same end.
    "accepted call 1.",
    "The call was answered. The reminder was read again from the table, and is spoken.",
    "A key was pressed. The reminder counts as heard.",
  ]);
  assert.match(lines[0], /^−\d+\.\d s/, "before the due");
  assert.match(lines.at(-1), /^\+\d+\.\d s/, "after the due");
  await visit.isAccessible("an open timeline");
  await visit.picture("timeline-heard");
  const copy = page.getByRole("button", { name: "Copy as text" }).first();
  await copy.focus();
  await page.keyboard.press("Enter");
  await visit.sees(".life .copied[role=status]", "Copied.");
  assert.ok(await copy.evaluate((button) => document.activeElement === button), "the focus stays on the button");
  const copied = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  assert.match(copied[0], /^#\d+ keep a diary, due .+, called \+\d+\.\d s$/);
  inOrder(copied, ["  Accepted: ", "accepted call 1.", "  A key was pressed."]);
  // The timeline is read again after a reload.
  await visit.load();
  await visit.sees(".reminder[data-state=heard] .reason", "A key was pressed. The reminder counts as heard.");
  visit.assertClean();
  await visit.close();
}

async function a_lost_answer_of_the_carrier_is_explained_with_the_time_until_the_next_check(visit) {
  const page = await visit.as("+12125550193");
  await arm(visit, { kind: "close-before", resource: "calls" });
  await visit.text("Remind me to stay calm in 5 seconds");
  const lost = "The carrier's answer was lost. The phone may have rung, so it is not dialed again.";
  const why = await visit.sees(".reminder .reason", lost, 60_000);
  assert.match(await why.textContent(), /Checking in [01]:\d\d\.$/);
  await openTimeline(visit);
  const next = await visit.sees(".events li[data-sign=bad] .next", /^Checking in [01]:\d\d\.$/);
  const first = await next.textContent();
  await visit.holds("the time that is left goes down", (before) => {
    return document.querySelector(".events li[data-sign=bad] .next").textContent !== before;
  }, first);
  const lines = await page.locator(".events li").allTextContents();
  inOrder(lines, ["Claimed call 1.", lost]);
  await visit.isAccessible("a lost answer");
  await visit.picture("timeline-lost-answer");
}

async function a_call_whose_answer_was_lost_and_that_rings_nevertheless_is_explained(visit) {
  const page = await visit.as("+12125550196");
  await arm(visit, { kind: "close-after-accept", resource: "calls" });
  await visit.text("Remind me to stay awake in 5 seconds");
  await visit.rings();
  await page.keyboard.press("a");
  await visit.hears("stay awake");
  await page.keyboard.press("1");
  await visit.sees(".reminder[data-state=heard] .reason", "The reminder counts as heard.");
  await openTimeline(visit);
  await visit.sees(".events li", "The carrier's answer was lost.");
  const lines = await page.locator(".events li .said").allTextContents();
  const shown = /^The carrier dials the number, which shows that it accepted call 1\.$|^Picked up, which shows that/;
  assert.ok(lines.some((line) => shown.test(line)), `expected a report that shows the call, found ${lines.join("\n")}`);
  assert.equal(lines.filter((line) => line.startsWith("Claimed call")).length, 1, "one call was claimed");
  await visit.sees(".life .called", /^called \+\d+\.\d s/);
}

async function repeats_are_struck_through(visit) {
  const page = await visit.as("+12125550194");
  await arm(visit, { kind: "double-webhook", times: 3 });
  await visit.text("Remind me to water the plants in 40 seconds");
  await visit.sees(".reminder");
  await page.locator("#break-it summary").click();
  await page.getByRole("button", { name: "Deliver the last text 10 times more" }).click();
  await openTimeline(visit);
  const again = "The text is stored already, so nothing is stored twice. It only gets its answer.";
  const repeat = await visit.sees(".events li[data-sign=ignored]", again);
  assert.equal(await repeat.locator("s").textContent(), again);
  assert.equal(await repeat.locator(".said").textContent(), `Ignored: ${again}`);
  assert.equal(await page.locator(".reminder[data-state=waiting]").count(), 1);
  await visit.rings();
  await page.keyboard.press("a");
  await visit.hears("water the plants");
  await page.keyboard.press("1");
  await visit.sees(".reminder[data-state=heard]");
  await visit.isAccessible("repeats");
  await visit.picture("timeline-repeats");
}

async function a_timeline_fits_on_a_small_dark_screen_and_without_motion(session) {
  const small = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, colorScheme: "dark", reducedMotion: "reduce" };
  const visit = await session.another(small);
  const page = await visit.as("+12125550195");
  await arm(visit, { kind: "busy" });
  await visit.text("Remind me to fit in 5 seconds");
  await page.getByRole("button", { name: /What happened/ }).tap();
  await visit.sees(".reminder .reason", "The carrier reports that call 1 is over and was not picked up.", 60_000);
  await page.locator(".life summary").first().tap();
  await visit.sees(".events li .next", /^Calling( again)? in \d:\d\d\.$/);
  await visit.fits("a timeline");
  await visit.isAccessible("a timeline, small and dark");
  await visit.picture("timeline-small-dark");
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  visit.assertClean();
  await visit.close();
}

export const cases = {
  a_heard_reminder_has_a_timeline_that_can_be_copied,
  a_lost_answer_of_the_carrier_is_explained_with_the_time_until_the_next_check,
  a_call_whose_answer_was_lost_and_that_rings_nevertheless_is_explained,
  repeats_are_struck_through,
  a_timeline_fits_on_a_small_dark_screen_and_without_motion,
};
