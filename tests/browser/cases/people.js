// Several people, each with their own phone.

import assert from "node:assert/strict";

const THEO = "+13125550168";

export async function each_person_has_their_own_thread_and_badges_show_news_of_the_others(visit) {
  const page = await visit.load();
  const person = (name) => page.locator("#people button.person").filter({ hasText: name });
  await person("Theo").click();
  await visit.text("Remind me to water the plants in 6 seconds");
  await visit.sees(".theirs", "water the plants");
  await person("June").click();
  await visit.sees("#welcome h3");
  await visit.sees("#reminders.none");
  await person("Theo").locator(".badge").filter({ hasText: "ringing" }).waitFor({ timeout: 60_000 });
  assert.ok(await page.locator("#call").isHidden(), "only the called person’s phone rings");
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

export async function a_number_is_added_stored_and_removed_and_an_invalid_number_is_refused(visit) {
  const page = await visit.load();
  await page.getByText("Another number").click();
  await page.getByRole("button", { name: "Add" }).click();
  await visit.sees("#person-trouble", "Enter a phone number first");
  await page.getByLabel("Phone number").fill("212 555 0156");
  await page.keyboard.press("Enter");
  await visit.sees("#person-trouble", "Not added: “212 555 0156” is not a phone number");
  await visit.isAccessible("an invalid number");
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
  await page.locator("#people .person").filter({ hasText: "+1 212 555 0156" }).getByText("in the carrier’s log").waitFor();
  await visit.seesNo("#people .remove");
}

export async function an_added_person_replaces_the_example_person_with_the_same_number(visit) {
  const page = await visit.load();
  const rows = page.locator("#people .person").filter({ hasText: "+1 312 555 0168" });
  await page.getByText("Another number").click();
  await page.getByLabel("Phone number").fill(THEO);
  await page.getByLabel("Name").fill("Grace");
  await page.keyboard.press("Enter");
  await visit.sees("#people [aria-current]", "Grace");
  assert.equal(await rows.count(), 1);
  await page.getByRole("button", { name: "Remove Grace" }).click();
  await visit.sees("#people .person", "Theo");
  assert.equal(await rows.count(), 1);
}

export async function a_text_from_the_command_line_is_shown_on_the_page(visit) {
  const number = "+12125550157";
  const page = await visit.as(number);
  const texted = await page.request.post(`${visit.url}/_phone/text`, { data: { from: number, body: "HELP" } });
  assert.equal(texted.status(), 200);
  await visit.sees(".mine[data-state=delivered]", "HELP");
  await visit.sees(".theirs");
}
