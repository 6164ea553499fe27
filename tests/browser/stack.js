// Starts a stack for the tests, unless PHONE_URL names one that runs. The stack stops when its standard input ends, so
// it also stops if the tests are killed.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { root } from "./browser.js";

/** The URLs of the carrier and of the emulator. The emulator serves the API, so the API's URL begins with its URL. */
const ADDRESSES = /Simulated carrier: (\S+), API: (http:\/\/[^/]+)\//;

export async function startStack() {
  const given = process.env.PHONE_URL;
  if (given) return { url: given, isOurs: false, stop: async () => {} };
  const cargo = ["run", "--quiet", "--package", "local", "--", "up", "--temporary"];
  const stack = spawn("cargo", cargo, { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(stack, "exit");
  stack.stderr.pipe(process.stderr);
  // An emulator that was running before may be open to web pages, so it is not tested.
  const addresses = process.env.AWS_ENDPOINT_URL ? [] : firstMatch(stack.stderr, ADDRESSES);
  const [[, url], [, carrier, emulator]] = await Promise.race([
    Promise.all([firstMatch(stack.stdout, /^(.*)$/), addresses]),
    ended.then(([code]) => Promise.reject(new Error(`expected the stack to print its URLs, it exited with ${code}`))),
  ]);
  const stop = async () => {
    stack.stdin.end();
    await ended;
  };
  return { url, carrier, emulator, isOurs: true, stop };
}

/** Resolves to the match in the first line that matches. */
function firstMatch(stream, pattern) {
  return new Promise((resolve) => {
    createInterface({ input: stream }).on("line", (line) => {
      const found = pattern.exec(line);
      if (found) resolve(found);
    });
  });
}
