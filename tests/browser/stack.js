// A stack of the tests' own. It ends with its input, so that nothing is left when the tests are killed.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { root } from "./browser.js";

export async function startStack() {
  const given = process.env.PHONE_URL;
  if (given) return { url: given, isOurs: false, stop: async () => {} };
  const cargo = ["run", "--quiet", "--package", "local", "--", "up", "--passing"];
  const stack = spawn("cargo", cargo, { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(stack, "exit");
  const lines = createInterface({ input: stack.stdout });
  const url = await Promise.race([
    once(lines, "line").then(([line]) => line),
    ended.then(([code]) =>
      Promise.reject(new Error(`expected the stack to print its page's address, it exited with ${code}`)),
    ),
  ]);
  const stop = async () => {
    stack.stdin.end();
    await ended;
  };
  return { url, isOurs: true, stop };
}
