// The drawing of the system.

import assert from "node:assert/strict";

const small = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

async function open(visit, number) {
  const page = await visit.as(number);
  await page.locator("#system summary").focus();
  await page.keyboard.press("Enter");
  await visit.sees("#drawing");
  return page;
}

/** Keeps every class that a part of the drawing gets, because a part is lit for less than a second. */
function keepMarks(page) {
  return page.evaluate(() => {
    window.marks = new Set();
    const keep = (changes) => {
      for (const { target } of changes) {
        const { place, edge } = target.dataset;
        for (const mark of target.classList) window.marks.add(`${place ?? edge} ${mark}`);
      }
    };
    const what = { subtree: true, attributeFilter: ["class"] };
    new MutationObserver(keep).observe(document.getElementById("drawing"), what);
  });
}

/** Waits until a part of the drawing had a class: "table written". */
const had = (visit, mark) => visit.holds(`the drawing has shown “${mark}”`, (wanted) => window.marks.has(wanted), mark);

async function a_reminder_travels_through_the_drawing_as_the_functions_log_its_steps(visit) {
  const page = await open(visit, "+12125550188");
  assert.equal(await page.getByRole("img", { name: "The system" }).count(), 1);
  const words = await page.locator("#drawing-words").textContent();
  assert.match(words, /The carrier brings a text to inbound, which writes it to the table/);
  await visit.isAccessible("the drawing");
  for (const list of ["#steps", "#dots"]) await visit.keepLines(list);
  await keepMarks(page);
  await visit.text("Remind me to travel in 6 seconds");
  await had(visit, "carrier inbound used");
  await had(visit, "table written");
  await visit.showed("#steps", "text stored: carrier → inbound → table");
  await visit.rings();
  await page.keyboard.press("a");
  await visit.sees("#lines p", "travel");
  await page.keyboard.press("1");
  await had(visit, "dialer carrier used");
  // The dots and steps without this number may be those of other cases.
  await visit.showed("#dots", "#1");
  await visit.showed("#steps", "#1 call placed: dialer → carrier");
  await visit.showed("#steps", "#1 call answered: carrier → callback");
  await visit.showed("#steps", "#1 Ringing → Ended: carrier → callback → table");
  await visit.isAccessible("the drawing after a call");
}

async function without_motion_no_dot_travels_but_places_light_up(movingVisit) {
  const visit = await movingVisit.another({ ...small, reducedMotion: "reduce", colorScheme: "dark" });
  const page = await visit.as("+12125550189");
  await visit.text("Remind me to sit still tomorrow at 9 AM");
  await visit.sees(".theirs");
  await page.getByRole("button", { name: /What happened/ }).tap();
  await page.locator("#system summary").tap();
  await visit.sees("#drawing");
  await visit.keepLines("#dots");
  await keepMarks(page);
  const data = { from: "+12125550189", body: "Remind me to rest at noon" };
  await page.request.post(`${visit.url}/_phone/text`, { data });
  await had(visit, "table written");
  await visit.sees("#steps li", "→ table");
  assert.deepEqual(await page.evaluate(() => window.kept["#dots"]), []);
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await visit.fits("the drawing");
  await visit.isAccessible("the drawing, small and dark");
  visit.assertClean();
  await visit.close();
}

async function a_killed_function_is_marked_and_comes_back(visit) {
  const now = () => new Date().toISOString();
  const started = now();
  const notes = [{ at: started, words: "Armed a fault of the carrier: a phone is busy" }];
  await visit.page.route("**/api/chaos", (route) => {
    route.fulfill({ json: { now: now(), minute: { seed: 1, started, step: "breaking", notes }, people: [] } });
  });
  await open(visit, "+12125550190");
  await visit.sees("#chaos-notes li", "a phone is busy");
  await keepMarks(visit.page);
  notes.push({ at: now(), words: "Killed the dialer function while it worked" });
  await had(visit, "dialer killed");
  assert.equal(await visit.page.evaluate(() => window.marks.has("inbound killed")), false);
  await visit.holds("the dialer is back", () => !document.querySelector(".place.killed"));
}

export const cases = {
  a_reminder_travels_through_the_drawing_as_the_functions_log_its_steps,
  without_motion_no_dot_travels_but_places_light_up,
  a_killed_function_is_marked_and_comes_back,
};
