// How the page explains errors.

import assert from "node:assert/strict";

async function an_empty_text_is_not_sent(visit) {
  const page = await visit.as("+12125550162");
  await visit.text("   ");
  await visit.sees("#words-trouble", "Not sent: the text is empty");
  await visit.isAccessible("an empty text");
  assert.equal(await page.locator(".text").count(), 0);
  await page.fill("#words", "HELP");
  await visit.seesNo("#words-trouble");
}

async function a_text_that_was_not_sent_can_be_sent_again_and_arrives_once(visit) {
  visit.expects("ERR_FAILED");
  const page = await visit.as("+12125550163");
  await page.route("**/_phone/text", (route) => route.abort());
  await visit.text("HELP");
  await visit.sees(".mine[data-state=failed] .state", "Not delivered: The local server doesn’t respond");
  await visit.isAccessible("a text that failed");
  await page.unroute("**/_phone/text");
  await page.getByRole("button", { name: "Send again" }).click();
  await visit.sees(".mine[data-state=delivered]");
  await visit.sees(".theirs");
  assert.equal(await page.locator(".mine").count(), 1);
}

async function a_text_that_did_not_reach_the_service_is_shown_as_failed(visit) {
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

async function a_call_that_another_client_declines_before_it_is_answered_is_shown_as_declined(visit) {
  const number = "+12125550165";
  const page = await visit.as(number);
  const calls = `${visit.url}/_phone/calls?number=${encodeURIComponent(number)}`;
  const openCalls = async () => (await page.request.get(calls)).json();
  await visit.text("Remind me to hurry in 5 seconds");
  await visit.rings();
  // Another client declines the call while this page still shows it ringing.
  await page.route("**/answer", async (route) => {
    const decline = route.request().url().replace("/answer", "/decline");
    assert.equal((await page.request.post(decline, { data: {} })).status(), 204);
    // Wait until the carrier has ended the call. Until then, the carrier would still accept the answer.
    for (let looks = 0; (await openCalls()).length > 0 && looks < 200; looks += 1) await page.waitForTimeout(50);
    await route.continue();
  });
  visit.expects("409");
  await page.keyboard.press("a");
  await visit.seesNo("#call");
  await visit.sees("#thread .note", "Declined call");
}

async function a_broken_connection_resumes_and_the_log_of_a_restarted_carrier_is_read_from_its_start(visit) {
  const number = "+12125550170";
  const entry = (seq, words) => {
    const text = { seq, at: new Date().toISOString(), number, kind: "text-out", message: `SM-${words}`, words };
    return `id: ${seq}\ndata: ${JSON.stringify(text)}\n\n`;
  };
  // Each connection breaks after its entry. The carrier is started again before the third connection.
  const responses = [entry(7, "one"), entry(8, "two"), entry(1, "three")];
  const requestedSince = [];
  await visit.page.route("**/api/service", (route) => {
    route.fulfill({ json: { number: "+12125550100", started: requestedSince.length < 2 ? "before" : "after" } });
  });
  await visit.page.route("**/_carrier/events?*", (route) => {
    requestedSince.push(new URL(route.request().url()).searchParams.get("since"));
    const body = responses.shift();
    return body ? route.fulfill({ contentType: "text/event-stream", body }) : route.continue();
  });
  await visit.as(number);
  for (const words of ["one", "two", "three"]) await visit.sees(".theirs", words);
  await visit.sees("#link[data-up=true]");
  await visit.seesNo("#troubles p");
  assert.deepEqual(requestedSince.slice(0, 3), ["0", "7", "0"]);
}

async function an_unreachable_carrier_is_shown_until_it_is_reachable_again(visit) {
  const page = await visit.as("+12125550167");
  const added = await page.request.post(`${visit.url}/_carrier/faults`, { data: { kind: "unreachable", ms: 60_000 } });
  assert.equal(added.status(), 200);
  await visit.sees("#troubles", "The carrier is unreachable");
  await visit.isAccessible("an unreachable carrier");
  await page.request.delete(`${visit.url}/_carrier/faults`);
  await visit.seesNo("#troubles p");
  await visit.sees(".event b", "The carrier is unreachable");
  await visit.sees(".event b", "The carrier is reachable again");
}

async function a_stopped_stack_is_shown(visit, stack) {
  visit.expects("ERR_");
  await visit.as("+12125550169");
  await stack.stop();
  await visit.sees("#troubles", "Not connected: the local server doesn’t respond");
  await visit.sees("#link[data-up=false]", "Reconnecting");
  await visit.text("HELP");
  await visit.sees(".mine[data-state=failed]");
}

export const together = {
  an_empty_text_is_not_sent,
  a_text_that_was_not_sent_can_be_sent_again_and_arrives_once,
  a_text_that_did_not_reach_the_service_is_shown_as_failed,
  a_call_that_another_client_declines_before_it_is_answered_is_shown_as_declined,
  a_broken_connection_resumes_and_the_log_of_a_restarted_carrier_is_read_from_its_start,
};
export const alone = { an_unreachable_carrier_is_shown_until_it_is_reachable_again };
export const last = { a_stopped_stack_is_shown };
