// Several people, each with a phone of their own.

import assert from "node:assert/strict";

const THEO = "+13125550168";

export async function each_has_a_thread_of_their_own_and_a_badge_tells_of_the_others(visit) {
  const page = await visit.load();
  const person = (name) => page.locator("#people button.person").filter({ hasText: name });
  await person("Theo").click();
  await visit.text("Remind me to water the plants in 6 seconds");
  await visit.sees(".theirs", "water the plants");
  await person("June").click();
  await visit.sees("#welcome h3");
  await visit.sees("#reminders.none");
  await person("Theo").locator(".badge").filter({ hasText: "rings" }).waitFor({ timeout: 60_000 });
  assert.ok(await page.locator("#call").isHidden(), "nobody else’s phone rings");
  await visit.isAccessible("a badge");
  await person("Theo").click();
  await visit.sees("#call[data-phase=ringing]");
  await page.keyboard.press("d");
  await visit.seesNo("#call");
  await person("June").click();
  const texted = await page.request.post(`${visit.url}/_phone/text`, { data: { from: THEO, body: "LIST" } });
  assert.equal(texted.status(), 200);
  await person("Theo").locator(".badge").filter({ hasText: "1 new" }).waitFor();
  await person("Theo").click();
  await visit.sees(".mine", "LIST");
  await person("Theo").locator(".badge").waitFor({ state: "hidden" });
}

export async function a_number_of_ones_own_is_added_kept_and_removed_and_a_bad_one_refused(visit) {
  const page = await visit.load();
  await page.getByText("Another number").click();
  await page.getByRole("button", { name: "Add" }).click();
  await visit.sees("#person-trouble", "Type a phone number first");
  await page.getByLabel("Phone number").fill("212 555 0156");
  await page.keyboard.press("Enter");
  await visit.sees("#person-trouble", "“212 555 0156” is not a phone number with its country code");
  await visit.isAccessible("a bad number");
  await page.getByLabel("Phone number").fill("+1 (212) 555-0156");
  await page.getByLabel("Name").fill("Ada");
  await page.keyboard.press("Enter");
  await visit.sees("#people [aria-current]", "Ada");
  await visit.text("HELP");
  await visit.sees(".theirs");
  await visit.load();
  await visit.sees("#people [aria-current]", "+1 212 555 0156");
  await visit.sees(".mine", "HELP");
  await page.getByRole("button", { name: "Remove Ada" }).click();
  await visit.sees("#people [aria-current]", "Nora");
}

export async function a_text_from_the_command_line_shows_on_the_page(visit) {
  const number = "+12125550157";
  const page = await visit.as(number);
  const texted = await page.request.post(`${visit.url}/_phone/text`, { data: { from: number, body: "HELP" } });
  assert.equal(texted.status(), 200);
  await visit.sees(".mine[data-state=delivered]", "HELP");
  await visit.sees(".theirs");
}
