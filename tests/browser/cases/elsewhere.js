// The page of another site in the same browser can't use the services on this machine.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { REBOUND } from "../browser.js";

/** Credentials in the URL, as in a presigned URL, so that no header is needed. The emulator checks no signature. */
const CREDENTIALS = new URLSearchParams({
  "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
  "X-Amz-Credential": "000000000000/20260101/us-east-1/sqs/aws4_request",
  "X-Amz-Date": "20260101T000000Z",
  "X-Amz-Expires": "900",
  "X-Amz-SignedHeaders": "host",
  "X-Amz-Signature": "none",
});

/** Opens a page of another origin, the same host on another port, and calls `run`. */
async function openElsewhere(visit, run) {
  const elsewhere = createServer((_, answer) =>
    answer.setHeader("content-type", "text/html").end("<h1>Elsewhere</h1>"),
  );
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  visit.expects("fetched from elsewhere");
  visit.expects("ERR_BLOCKED_BY_RESPONSE");
  visit.expects("403");
  try {
    await visit.page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
    await run();
  } finally {
    elsewhere.closeAllConnections();
    elsewhere.close();
  }
}

async function the_page_of_another_site_cannot_send_a_text(visit) {
  const number = "+12125550166";
  await openElsewhere(visit, async () => {
    const sending = visit.page.evaluate(
      ([url, from]) => {
        const body = JSON.stringify({ from, body: "HELP" });
        return fetch(`${url}/_phone/text`, { method: "POST", mode: "no-cors", body });
      },
      [visit.url, number],
    );
    await assert.rejects(sending, /Failed to fetch/);
  });
  const log = await visit.page.request.get(`${visit.url}/_carrier/log?number=${encodeURIComponent(number)}`);
  assert.equal(await log.text(), "");
}

/** Runs inside a page: tries to create queues on another origin by a fetch, by a form and by an image. */
async function createQueues([emulator, credentials]) {
  const create = (name) => new URLSearchParams({ Action: "CreateQueue", QueueName: `tried-by-${name}` });
  const address = `${emulator}/?${credentials}`;
  const ended = (loading) =>
    new Promise((resolve) => {
      loading.onload = resolve;
      loading.onerror = resolve;
    });

  await fetch(address, { method: "POST", mode: "no-cors", body: create("fetch") });

  const element = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const frame = element("iframe", { name: "answer" });
  const form = element("form", { method: "post", action: address, target: "answer" });
  for (const [name, value] of create("form")) {
    form.append(element("input", { name, value }));
  }
  document.body.append(frame, form);
  const frameEnded = ended(frame);
  form.submit();
  await frameEnded;

  const image = new Image();
  const imageEnded = ended(image);
  image.src = `${address}&${create("image")}`;
  await imageEnded;
}

async function the_page_of_another_site_creates_nothing_in_the_emulated_aws(visit, { emulator }) {
  const asProgram = async (parameters) => {
    const answer = await visit.page.request.post(`${emulator}/?${CREDENTIALS}`, { form: parameters });
    assert.equal(answer.status(), 200);
    return answer.text();
  };
  await asProgram({ Action: "CreateQueue", QueueName: "tried-by-program" });
  await openElsewhere(visit, () => visit.page.evaluate(createQueues, [emulator, CREDENTIALS.toString()]));

  // If the page's own domain resolves to 127.0.0.1, the page and the emulator have the same origin for the browser.
  const rebound = emulator.replace("127.0.0.1", REBOUND);
  const page = await visit.page.goto(`${rebound}/?${CREDENTIALS}&Action=CreateQueue&QueueName=tried-by-rebound-page`);
  const status = await visit.page.evaluate(async (address) => {
    const body = new URLSearchParams({ Action: "CreateQueue", QueueName: "tried-by-rebound-fetch" });
    const answer = await fetch(address, { method: "POST", body });
    return answer.status;
  }, `${rebound}/?${CREDENTIALS}`);

  const listed = await asProgram({ Action: "ListQueues", QueueNamePrefix: "tried-by-" });
  assert.deepEqual(listed.match(/tried-by-[a-z-]+/g), ["tried-by-program"]);
  assert.deepEqual([page.status(), status], [403, 403]);
}

async function the_page_of_another_site_adds_no_fault_at_the_carrier(visit, { carrier }) {
  const faults = `${carrier}/_carrier/faults`;
  const to = "+12125550171";
  const addFault = ([address, kind, number]) => {
    const body = JSON.stringify({ to: number, kind, times: 1 });
    return fetch(address, { method: "POST", mode: "no-cors", body }).then((answer) => answer.status);
  };
  const added = await visit.page.request.post(faults, { data: { to, kind: "slow", times: 1 } });
  assert.equal(added.status(), 200);
  await openElsewhere(visit, () => visit.page.evaluate(addFault, [faults, "busy", to]));
  visit.expects("421");
  const rebound = faults.replace("127.0.0.1", REBOUND);
  const page = await visit.page.goto(rebound);
  const status = await visit.page.evaluate(addFault, [rebound, "no-answer", to]);
  assert.deepEqual([page.status(), status], [421, 403]);

  const pending = await (await visit.page.request.get(faults)).json();
  await visit.page.request.delete(`${faults}?to=${encodeURIComponent(to)}`);
  assert.deepEqual(
    pending.filter((fault) => fault.to === to).map((fault) => fault.kind),
    ["slow"],
  );
}

export const at_the_page = { the_page_of_another_site_cannot_send_a_text };
export const at_the_other_ports = {
  the_page_of_another_site_creates_nothing_in_the_emulated_aws,
  the_page_of_another_site_adds_no_fault_at_the_carrier,
};
