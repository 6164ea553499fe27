// A stack of the tests' own. It ends with its input, so that nothing is left when the tests are killed.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { root } from "./browser.js";

/** The emulated AWS serves the deployed API on its own port. */
const ADDRESSES = /The carrier is at (\S+), the API at (http:\/\/[^/]+)\//;

export async function startStack() {
  const given = process.env.PHONE_URL;
  if (given) return { url: given, isOurs: false, stop: async () => {} };
  const cargo = ["run", "--quiet", "--package", "local", "--", "up", "--passing"];
  const stack = spawn("cargo", cargo, { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(stack, "exit");
  stack.stderr.pipe(process.stderr);
  // An AWS that was there before is not closed to web pages by us.
  const others = process.env.AWS_ENDPOINT_URL ? [] : firstMatch(stack.stderr, ADDRESSES);
  const [[, url], [, carrier, emulator]] = await Promise.race([
    Promise.all([firstMatch(stack.stdout, /^(.*)$/), others]),
    ended.then(([code]) => Promise.reject(new Error(`expected the stack to print addresses, it exited with ${code}`))),
  ]);
  const stop = async () => {
    stack.stdin.end();
    await ended;
  };
  return { url, carrier, emulator, isOurs: true, stop };
}

/** The match in the first line that has one. */
function firstMatch(stream, pattern) {
  return new Promise((resolve) => {
    createInterface({ input: stream }).on("line", (line) => {
      const found = pattern.exec(line);
      if (found) resolve(found);
    });
  });
}
