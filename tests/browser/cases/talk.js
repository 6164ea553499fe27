// The current step of "cargo local talk".

import assert from "node:assert/strict";

const small = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
const STEP = {
  step: 2, of: 10, section: "Failures of CPU and memory", about: "A process can end at any moment.",
  fault: "The dialer is killed.", person: "+12125550179", due: "2026-03-06T23:30:00Z", result: null, waits: false,
  happened: [
    { at: "2026-03-06T23:29:57Z", who: "Ann", words: "texts “Remind me”" },
    { at: "2026-03-06T23:30:00.400Z", who: "fault", words: "the dialer is killed" },
  ],
  code: { path: "functions/dialer/src/dial.rs", line: 132, lines: ["if claimed {", "    place(selected).await;", "}"] },
};

async function serve(session, options) {
  const visit = await session.another(options);
  const served = { played: true, step: null, reads: 0 };
  await visit.page.route("**/api/talk", (route) => {
    served.reads += 1;
    route.fulfill({ json: { played: served.played, step: served.step } });
  });
  return { visit, served };
}

async function the_page_shows_the_current_step_of_the_talk_and_the_phone_of_its_person(session) {
  const { visit, served } = await serve(session, {});
  const page = await visit.as("+12125550180");
  assert.equal(await page.locator("#talk").isVisible(), false, "nothing is shown before the first step");
  await visit.holds("a chaos minute can't be started", () => document.getElementById("chaos").hidden);
  served.step = STEP;
  await visit.sees("#talk-title", "Step 2 of 10: Failures of CPU and memory");
  await visit.sees("#talk-fault", "Fault: The dialer is killed.");
  await visit.sees("#talk-happened li", "−3.0 sAnn texts “Remind me”");
  await visit.sees("#talk-happened li", "+0.4 sfault the dialer is killed");
  await visit.sees("#talk-place", "functions/dialer/src/dial.rs, line 132");
  assert.equal(await page.locator("#talk-code").textContent(), STEP.code.lines.join("\n"));
  await visit.holds("the phone is that of the step's person", (number) => {
    return localStorage.getItem("person") === number;
  }, STEP.person);
  await visit.isAccessible("a step of the talk");
  served.step = { ...STEP, result: { is_good: true, words: "The phone rang once." }, waits: true };
  await visit.sees("#talk-result", "Passed: The phone rang once.");
  await visit.sees("#talk-waits", "The talk waits for Enter in its terminal.");
  await visit.isAccessible("a step that has passed");
  served.step = { ...STEP, result: { is_good: false, words: "Not as promised: expected rings: 1, found 2." } };
  await visit.sees("#talk-result.bad", "Failed: Not as promised");
  await visit.isAccessible("a step that has failed");
  visit.assertClean();
  await visit.close();
}

async function a_step_of_the_talk_fits_on_a_small_phone(session) {
  const { visit, served } = await serve(session, { ...small, colorScheme: "dark" });
  served.step = { ...STEP, result: { is_good: true, words: "The phone rang once." } };
  const page = await visit.as("+12125550181");
  await page.getByRole("button", { name: /What happened/ }).tap();
  await visit.sees("#talk-title", "Step 2 of 10");
  await visit.fits("a step of the talk");
  await visit.isAccessible("a step of the talk, small and dark");
  visit.assertClean();
  await visit.close();
}

async function without_a_talk_the_page_asks_once_and_shows_nothing(session) {
  const { visit, served } = await serve(session, {});
  served.played = false;
  const page = await visit.as("+12125550182");
  await visit.sees("#totals dd[data-total=texted]", /^\d+$/);
  await page.waitForTimeout(2500);
  assert.equal(served.reads, 1);
  assert.equal(await page.locator("#talk").isVisible(), false);
  visit.assertClean();
  await visit.close();
}

export const cases = {
  the_page_shows_the_current_step_of_the_talk_and_the_phone_of_its_person,
  a_step_of_the_talk_fits_on_a_small_phone,
  without_a_talk_the_page_asks_once_and_shows_nothing,
};
