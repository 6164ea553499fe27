// Calling the service back, the mailbox of the phone, and the delivery of the service's texts.

import assert from "node:assert/strict";

/** Time limit for a mailbox, which answers after 15 s of ringing. Machine detection and the service take more time. */
const MAILBOX_MS = 60_000;

export async function a_person_calls_back_and_hears_the_next_reminder(visit) {
  const page = await visit.as("+12125550174");
  await visit.text("Remind me to water the roses tomorrow at 9 AM");
  await visit.sees(".theirs", "roses");
  await page.getByRole("button", { name: "Call sixthirty" }).click();
  await visit.sees("#call[data-phase=talking]");
  await visit.hears("roses");
  await visit.holds("the call screen is open", () => document.getElementById("call").getAnimations().length === 0);
  await visit.isAccessible("calling back");
  await page.keyboard.press("h");
  await visit.seesNo("#call");
  await visit.sees("#thread .note", /^You called, 0:\d\d/);
  for (const event of ["You called sixthirty", "sixthirty picked up"]) await visit.sees(".event b", event);
}

export async function a_mailbox_answers_a_phone_that_its_person_lets_ring(visit) {
  const page = await visit.as("+12125550172");
  await page.getByLabel("If you don’t answer").selectOption("mailbox");
  await visit.isAccessible("a phone with a mailbox");
  await visit.text("Remind me to sweep the stairs in 5 seconds");
  await visit.rings();
  await page.keyboard.press("l");
  await visit.sees("#bar", "Still ringing");
  await visit.sees(".event b", "Your mailbox answered", MAILBOX_MS);
  await visit.seesNo("#bar");
  assert.ok(await page.locator("#call").isHidden(), "a call with the mailbox is not shown as the person’s");
  await visit.sees("#thread .note", /^(Your mailbox answered|Voicemail “.*”), 0:\d\d/, MAILBOX_MS);
  await visit.load();
  const answering = page.getByLabel("If you don’t answer");
  await visit.holds("the mailbox is still on", () => document.getElementById("answering").value === "mailbox");
  await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/_phone/setting")),
    answering.selectOption("off"),
  ]);
  await visit.load();
  await visit.holds("the mailbox is off", () => document.getElementById("answering").value === "off");
}

export async function a_call_whose_answer_is_lost_rings_once_and_is_heard(visit) {
  const page = await visit.as("+12125550175");
  await page.locator("#break-it summary").click();
  const fault = page.getByRole("button", { name: /^Answer lost/ });
  await fault.click();
  await visit.sees("#armed", "1 armed");
  await visit.isAccessible("an armed fault");
  await visit.text("Remind me to feed the cat in 5 seconds");
  await visit.rings();
  await page.locator("#answer").click();
  await visit.hears("feed the cat");
  await page.getByRole("button", { name: "1", exact: true }).click();
  await visit.sees(".reminder[data-state=heard]", "feed the cat");
  await visit.seesNo("#faults [aria-pressed=true]");
  await visit.sees(".event b", "Call requested (fault: close-after-accept)");
  assert.equal(await page.locator(".event b").filter({ hasText: "Your phone is ringing" }).count(), 1);
}

export async function a_fault_that_is_clicked_again_is_removed_and_the_others_stay_armed(visit) {
  const page = await visit.as("+12125550176");
  await page.locator("#break-it summary").click();
  for (const name of [/^Busy/, /^Slow/]) await page.getByRole("button", { name }).click();
  await visit.sees("#armed", "2 armed");
  await page.getByRole("button", { name: /^Busy/ }).click();
  await visit.sees("#armed", "1 armed");
  assert.equal(await page.getByRole("button", { name: /^Slow/ }).getAttribute("aria-pressed"), "true");
}

export async function a_text_that_is_delivered_ten_times_more_makes_one_reminder(visit) {
  const page = await visit.as("+12125550177");
  await page.locator("#break-it summary").click();
  await page.getByRole("button", { name: "Deliver the last text 10 times more" }).click();
  await visit.sees("#break-trouble", "Send a text first.");
  await visit.text("Remind me to water the ferns tomorrow at 9 AM");
  await visit.sees(".mine[data-state=delivered]", "ferns");
  await page.getByRole("button", { name: "Deliver the last text 10 times more" }).click();
  await visit.sees("#break-result", "Answered 10 of 10 repeats, each with the same answer.", 60_000);
  await visit.sees(".reminder .task", "water the ferns");
  assert.equal(await page.locator(".reminder").count(), 1);
  await visit.sees(".theirs .state", "× 11");
  assert.equal(await page.locator(".theirs").count(), 1, "the repeated answers are shown as one");
}

export async function the_delivery_of_each_text_of_the_service_is_shown(visit) {
  const number = "+12125550173";
  const page = await visit.as(number);
  await visit.text("HELP");
  await visit.sees(".theirs .state", "Delivered");
  const texts = [{ then: "undelivered", code: 30003 }];
  const scripted = await page.request.post(`${visit.url}/_phone/deliveries`, { data: { number, texts } });
  assert.equal(scripted.status(), 204);
  await visit.text("LIST");
  await visit.sees(".theirs[data-state=undelivered] .state", "Not delivered to you (code 30003)");
  await visit.sees(".event b", "Text undelivered");
  await visit.isAccessible("a text that was not delivered");
  assert.equal(await page.locator(".theirs .state").filter({ hasText: /^Delivered$/ }).count(), 1);
}
