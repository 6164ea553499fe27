// Runs the cases in groups. The cases of a group run side by side, because they mostly wait for a phone to ring.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { open, root } from "./browser.js";
import * as calling from "./cases/calling.js";
import * as calls from "./cases/calls.js";
import * as chaos from "./cases/chaos.js";
import * as elsewhere from "./cases/elsewhere.js";
import * as looks from "./cases/looks.js";
import * as people from "./cases/people.js";
import * as system from "./cases/system.js";
import * as talk from "./cases/talk.js";
import * as timeline from "./cases/timeline.js";
import * as troubles from "./cases/troubles.js";
import { record } from "./record.js";
import { startStack } from "./stack.js";

/** Maximum number of cases that run at the same time. It is small, because each case draws a page of its own. */
const AT_ONCE_MAX = 5;
/** Time limit of a case: a minute until a call, and more time for a slow machine. */
const LIMIT_MS = 150_000;
const FAILURES = join(root, ".local/browser/failures");

const wanted = process.argv[2] ?? "";
const stack = await startStack();
// An unreachable carrier, a chaos minute and a stopped stack disturb all running cases. So the cases with them are groups
// of their own, which run last. A stack that was already running is not stopped.
const together = { ...calls, ...calling, ...people, ...looks, ...troubles.together, ...chaos.together, ...system.cases, ...talk.cases, ...timeline.cases, ...elsewhere.at_the_page };
if (stack.carrier && stack.emulator) {
  Object.assign(together, elsewhere.at_the_other_ports);
} else {
  for (const name of Object.keys(elsewhere.at_the_other_ports)) {
    console.log(`skipped ${name}: the stack or its emulator was running before`);
  }
}
const groups = [together, troubles.alone];
if (stack.isOurs) groups.push(chaos.alone, troubles.last);

async function runCase(name, run, browser, stack) {
  const visit = await browser.visit(stack.url);
  const started = Date.now();
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`expected the case to end within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    await Promise.race([run(visit, stack), timeout]);
    visit.assertClean();
    console.log(`ok    ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    mkdirSync(FAILURES, { recursive: true });
    await visit.page.screenshot({ path: join(FAILURES, `${name}.png`) }).catch(() => {});
    console.log(`FAILED ${name}\n${error.stack}`);
    return false;
  } finally {
    clearTimeout(timer);
    await visit.close();
  }
}

const browser = await open();
const outcomes = [];
try {
  if (wanted === "--record") await record(browser, stack);
  for (const cases of groups) {
    const chosen = Object.entries(cases).filter(([name]) => name.includes(wanted));
    const work = async () => {
      for (let next = chosen.shift(); next; next = chosen.shift()) {
        const [name, run] = next;
        outcomes.push(await runCase(name.replaceAll("_", " "), run, browser, stack));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE_MAX }, work));
  }
} finally {
  await browser.close();
  await stack.stop();
}
const passed = outcomes.filter(Boolean).length;
const failed = outcomes.length - passed;
if (wanted !== "--record") {
  if (outcomes.length === 0) console.log(`no case has “${wanted}” in its name`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
