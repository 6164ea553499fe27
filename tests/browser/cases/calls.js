// From a text to a call.

import assert from "node:assert/strict";

/** Time limit for the text after a call without a key. It is sent some seconds after the end of the call. */
const TEXT_MS = 120_000;

export async function a_tapped_example_becomes_a_call_and_key_1_acknowledges_the_reminder(visit) {
  const page = await visit.as("+12125550151");
  await visit.sees("#welcome h3");
  await visit.isAccessible("first run");
  await page.getByRole("button", { name: "Remind me to buy milk in 1 minute" }).click();
  assert.equal(await page.inputValue("#words"), "Remind me to buy milk in 1 minute");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await visit.sees(".mine[data-state=delivered]", "Remind me to buy milk in 1 minute");
  await visit.sees(".theirs", "buy milk");
  await visit.sees(".reminder[data-state=waiting] .task", "buy milk");
  await visit.sees(".reminder .countdown", /^(1:00|0:\d\d)$/);
  await visit.isAccessible("a thread");
  await visit.picture("waiting");

  await visit.rings();
  assert.equal(await page.title(), "sixthirty is calling");
  await visit.isAccessible("ringing");
  await visit.picture("ringing");
  const heardWhileRinging = await visit.heard();
  assert.ok(heardWhileRinging.tones.includes(659), "the ring sounds");
  assert.ok(heardWhileRinging.buzzes.length > 0, "the phone vibrates");

  await page.getByRole("button", { name: "Answer" }).click();
  await visit.sees("#lines p", "buy milk");
  await visit.hears("buy milk");
  await visit.isAccessible("in a call");
  await visit.picture("talking");
  await page.getByRole("button", { name: "1", exact: true }).click();
  await visit.sees("#pressed", "1");
  const { tones } = await visit.heard();
  assert.ok(tones.includes(697) && tones.includes(1209), "the key has its two tones");

  await visit.sees(".reminder[data-state=heard] .trail [aria-current]", "Heard");
  await visit.seesNo("#call");
  await visit.sees("#thread .note", /^Call, 0:\d\d/);
  const events = ["Call requested", "Your phone is ringing", "You answered", "You pressed 1", "Call ended: completed"];
  for (const event of events) {
    assert.equal(await page.locator(".event b").filter({ hasText: event }).count(), 1, event);
  }
  await visit.isAccessible("after a call");
  await visit.picture("heard");

  await visit.load();
  await visit.sees("#thread .note", /^Call, 0:\d\d/);
  await visit.sees(".mine[data-state=delivered]");
  await visit.sees(".reminder[data-state=heard]");
  assert.deepEqual((await visit.heard()).spoken, [], "replayed words are not spoken again");
}

export async function a_declined_call_is_shown_and_the_reminder_waits_for_the_next_call(visit) {
  const page = await visit.as("+12125550152");
  await visit.text("Remind me to call Ann in 5 seconds");
  await visit.rings();
  await Promise.all([
    visit.sees("#call[data-phase=over] #call-phase", "Declined"),
    page.getByRole("button", { name: "Decline" }).click(),
  ]);
  await visit.seesNo("#call");
  await visit.sees("#thread .note", "Declined call");
  await visit.sees(".reminder[data-state=waiting] .reason", /call 1 is over and was not picked up\. Calling again in \d:\d\d\.$/);
}

export async function a_reminder_can_be_set_and_answered_with_the_keyboard_alone(visit) {
  const page = await visit.as("+12125550153");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await visit.holds("the message field has the focus", () => document.activeElement.id === "words");
  await page.keyboard.type("Remind me to feed the cat in 5 seconds");
  await page.keyboard.press("Enter");
  await visit.sees(".theirs", "feed the cat");
  await visit.rings();
  await visit.holds("the call has the focus", () => document.activeElement.id === "call");
  await page.keyboard.press("a");
  await visit.hears("feed the cat");
  await page.keyboard.press("1");
  await visit.sees(".reminder[data-state=heard]");
  await visit.seesNo("#call");
  await visit.holds("the message field has the focus again", () => document.activeElement.id === "words");
}

export async function a_call_left_to_ring_moves_to_a_bar_and_a_text_follows_if_no_key_is_pressed(visit) {
  const page = await visit.as("+12125550154");
  await page.getByLabel("Webhooks").check();
  await visit.text("Remind me to stretch in 5 seconds");
  await visit.rings();
  await page.keyboard.press("l");
  await visit.seesNo("#call");
  await visit.sees("#bar", "Still ringing");
  await page.keyboard.type("and a letter is no answer");
  assert.equal(await page.inputValue("#words"), "and a letter is no answer");
  await page.locator("#bar").getByRole("button", { name: "Answer" }).click();
  await visit.hears("stretch");
  // Without the verdict that a person has answered, the service would call again. So wait for the verdict.
  await visit.sees(".event b", "Webhook answered-by human");
  await page.keyboard.press("h");
  await visit.seesNo("#call");
  await visit.sees(".theirs", "In case you missed it", TEXT_MS);
  await visit.sees(".reminder[data-state=unconfirmed]");
}

export async function letters_typed_when_the_phone_begins_to_ring_do_not_act_on_the_call(visit) {
  const page = await visit.as("+12125550155");
  await page.evaluate(() => {
    // Types one more letter at the moment when the call takes the focus.
    const call = document.getElementById("call");
    const late = () => call.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
    new MutationObserver(() => call.hidden || late()).observe(call, { attributeFilter: ["hidden"] });
  });
  await visit.text("Remind me to look up in 5 seconds");
  await page.fill("#words", "And another thing, D");
  await visit.rings();
  await page.getByRole("button", { name: "Answer" }).click();
  await visit.hears("look up");
  await page.keyboard.press("1");
  await visit.sees(".reminder[data-state=heard]");
  assert.equal(await page.inputValue("#words"), "And another thing, D");
}
