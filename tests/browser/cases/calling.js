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
  await answering.selectOption("off");
  await visit.load();
  await visit.holds("the mailbox is off", () => document.getElementById("answering").value === "off");
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
