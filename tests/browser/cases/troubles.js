// What goes wrong is said on the page, in words.

import assert from "node:assert/strict";

async function an_empty_text_is_not_sent(visit) {
  const page = await visit.as("+12125550162");
  await visit.text("   ");
  await visit.sees("#words-trouble", "Write something first");
  await visit.isAccessible("an empty text");
  assert.equal(await page.locator(".text").count(), 0);
  await page.fill("#words", "HELP");
  await visit.seesNo("#words-trouble");
}

async function a_text_that_could_not_leave_is_sent_again_and_only_once(visit) {
  visit.expects("ERR_FAILED");
  const page = await visit.as("+12125550163");
  await page.route("**/_phone/text", (route) => route.abort());
  await visit.text("HELP");
  await visit.sees(".mine[data-state=failed] .state", "Not delivered: The program behind this page does not answer");
  await visit.isAccessible("a text that failed");
  await page.unroute("**/_phone/text");
  await page.getByRole("button", { name: "Send again" }).click();
  await visit.sees(".mine[data-state=delivered]");
  await visit.sees(".theirs");
  assert.equal(await page.locator(".mine").count(), 1);
}

async function a_text_that_the_service_did_not_take_is_shown_as_failed(visit) {
  const number = "+12125550164";
  const page = await visit.as(number);
  const fault = { to: number, kind: "lose-webhook", webhook: "sms", times: 20 };
  const added = await page.request.post(`${visit.url}/_carrier/faults`, { data: fault });
  assert.equal(added.status(), 200);
  await visit.text("HELP");
  await visit.sees(".mine[data-state=failed] .state", "Not delivered");
  await page.request.delete(`${visit.url}/_carrier/faults?to=${encodeURIComponent(number)}`);
  await page.getByRole("button", { name: "Send again" }).click();
  await visit.sees(".mine[data-state=delivered]");
}

async function a_call_that_is_over_before_it_is_answered_is_said_to_be(visit) {
  const number = "+12125550165";
  const page = await visit.as(number);
  const calls = `${visit.url}/_phone/calls?number=${encodeURIComponent(number)}`;
  const openCalls = async () => (await page.request.get(calls)).json();
  await visit.text("Remind me to hurry in 5 seconds");
  await visit.rings();
  // Somebody else declines on the same phone while this page still shows it ringing.
  await page.route("**/answer", async (route) => {
    const decline = route.request().url().replace("/answer", "/decline");
    assert.equal((await page.request.post(decline, { data: {} })).status(), 204);
    // The carrier ends the call in its own time: an answer before that would still be taken.
    for (let looks = 0; (await openCalls()).length > 0 && looks < 200; looks += 1) await page.waitForTimeout(50);
    await route.continue();
  });
  visit.expects("409");
  await page.keyboard.press("a");
  await visit.seesNo("#call");
  await visit.sees("#thread .note", "Declined call");
}

async function a_broken_line_is_taken_up_where_it_broke_and_a_new_carriers_log_from_its_beginning(visit) {
  const number = "+12125550170";
  const entry = (seq, words) => {
    const text = { seq, at: new Date().toISOString(), number, kind: "text-out", message: `SM-${words}`, words };
    return `id: ${seq}\ndata: ${JSON.stringify(text)}\n\n`;
  };
  // Each of these lines breaks after its entry. Before the third the carrier was started anew.
  const lines = [entry(7, "one"), entry(8, "two"), entry(1, "three")];
  const asked = [];
  await visit.page.route("**/api/service", (route) => {
    route.fulfill({ json: { number: "+12125550100", started: asked.length < 2 ? "before" : "after" } });
  });
  await visit.page.route("**/_carrier/events?*", (route) => {
    asked.push(new URL(route.request().url()).searchParams.get("since"));
    const body = lines.shift();
    return body ? route.fulfill({ contentType: "text/event-stream", body }) : route.continue();
  });
  await visit.as(number);
  for (const words of ["one", "two", "three"]) await visit.sees(".theirs", words);
  await visit.sees("#link[data-up=true]");
  await visit.seesNo("#troubles p");
  assert.deepEqual(asked.slice(0, 3), ["0", "7", "0"]);
}

async function an_unreachable_carrier_is_told_until_it_is_back(visit) {
  const page = await visit.as("+12125550167");
  const closed = await page.request.post(`${visit.url}/_carrier/faults`, { data: { kind: "unreachable", ms: 60_000 } });
  assert.equal(closed.status(), 200);
  await visit.sees("#troubles", "The carrier is unreachable");
  await visit.isAccessible("an unreachable carrier");
  await page.request.delete(`${visit.url}/_carrier/faults`);
  await visit.seesNo("#troubles p");
  await visit.sees(".event b", "The carrier is unreachable");
  await visit.sees(".event b", "The carrier is back");
}

async function a_stack_that_has_gone_is_told(visit, stack) {
  visit.expects("ERR_");
  await visit.as("+12125550169");
  await stack.stop();
  await visit.sees("#troubles", "The program behind this page does not answer");
  await visit.sees("#link[data-up=false]", "Reconnecting");
  await visit.text("HELP");
  await visit.sees(".mine[data-state=failed]");
}

export const together = {
  an_empty_text_is_not_sent,
  a_text_that_could_not_leave_is_sent_again_and_only_once,
  a_text_that_the_service_did_not_take_is_shown_as_failed,
  a_call_that_is_over_before_it_is_answered_is_said_to_be,
  a_broken_line_is_taken_up_where_it_broke_and_a_new_carriers_log_from_its_beginning,
};
export const alone = { an_unreachable_carrier_is_told_until_it_is_back };
export const last = { a_stack_that_has_gone_is_told };
