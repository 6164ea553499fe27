// Measures chrono-node in the same way as the `speed` example measures `language`, and prints both.
//
// The first argument is the number of processes that measure the time of their first text. The example was started
// the same number of times. The second argument is a file with its output, and the first text's time in each other run.
// Standard input has the texts that the example read. Without arguments, this program is one of those processes: it
// prints the time of its first text in microseconds.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = createRequire(join(process.env.LANGUAGE_MODULES, "package.json"));
const chrono = modules("chrono-node");
const { version } = modules(join(process.env.LANGUAGE_MODULES, "node_modules/chrono-node/package.json"));

/** Same values as in the example: the fastest of this many runs counts, at this instant, in this zone. */
const RUNS = 20;
const NOW = { instant: new Date("2027-03-10T15:15:00Z"), timezone: "EST" };
const FIRST = "remind me to buy milk at 6:30 PM";

const UNITS_US = { ns: 0.001, µs: 1, ms: 1000, s: 1_000_000 };

function once(text) {
  const start = process.hrtime.bigint();
  chrono.parse(text, NOW, { forwardDate: true });
  return Number(process.hrtime.bigint() - start) / 1000;
}

function best(text) {
  let least = Infinity;
  for (let run = 0; run < RUNS; run++) least = Math.min(least, once(text));
  return least;
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function firstInAnotherProcess() {
  return Number(execFileSync(process.execPath, [fileURLToPath(import.meta.url)]));
}

function textOf(length) {
  let text = "remind me tomorrow at 5 to ";
  while (text.length < length) text += "buy milk, bread and 2 eggs for the cake; ";
  return text.slice(0, length);
}

/** Reads the example's output. All times are in microseconds. */
function read(printed, starts) {
  const find = (pattern) => {
    const found = printed.match(pattern);
    assert(found, `expected ${pattern} in the output of the speed example, found:\n${printed}`);
    return found.slice(1);
  };
  const time = "([\\d.]+)(ns|µs|ms|s)";
  const inMicroseconds = (parts) => Number(parts[0]) * UNITS_US[parts[1]];
  const [count, ...shares] = find(`(\\d+) texts: median ${time}, 90 % within ${time}, 99 % within ${time}`);
  const [allocations, most] = find("allocations: median (\\d+), most (\\d+)");
  const firsts = [...printed.matchAll(new RegExp(`first text: ${time}`, "g"))];
  assert.equal(firsts.length, starts, `expected ${starts} first texts from the speed example, found:\n${printed}`);
  const lengths = [...printed.matchAll(new RegExp(`(\\d+) characters: ${time}`, "g"))];
  assert(lengths.length > 0, `expected times by length from the speed example, found:\n${printed}`);
  return {
    count: Number(count),
    first: median(firsts.map(([, ...parts]) => inMicroseconds(parts))),
    shares: [0, 2, 4].map((at) => inMicroseconds(shares.slice(at))),
    allocations,
    most,
    lengths: lengths.map(([, length, ...parts]) => ({ length: Number(length), time: inMicroseconds(parts) })),
  };
}

if (process.argv.length === 2) {
  console.log(once(FIRST));
  process.exit();
}

const starts = Number(process.argv[2]);
const ours = read(readFileSync(process.argv[3], "utf8"), starts);
const first = median(Array.from({ length: starts }, firstInAnotherProcess));
const texts = readFileSync(0, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line).text)
  .filter((text) => text !== undefined);
assert.equal(texts.length, ours.count, "both sides must read the same texts");
// Parses all texts once before the timed runs, so that the timed code is compiled.
texts.forEach(once);
const times = texts.map(best).sort((a, b) => a - b);
const share = (percent) => times[Math.min(Math.floor((times.length * percent) / 100), times.length - 1)];

const inMicroseconds = (time) => `${time.toFixed(1)} µs`;
const row = (name, us, them) => [name, inMicroseconds(us), inMicroseconds(them), (them / us).toFixed(1)];
const rows = [
  ["", "language", "chrono-node", "times ours"],
  row("median", ours.shares[0], share(50)),
  row("90 % within", ours.shares[1], share(90)),
  row("99 % within", ours.shares[2], share(99)),
  row("first text", ours.first, first),
  ...ours.lengths.map(({ length, time }) => row(`${length} characters`, time, best(textOf(length)))),
  ["allocations, median", ours.allocations, "not counted", ""],
  ["allocations, most", ours.most, "not counted", ""],
];
console.log(`${texts.length} texts of tests/corpus, each the best of ${RUNS} runs, so V8's garbage collection hardly counts.
First text: the median of ${starts} processes that had already loaded chrono-node.
chrono-node ${version} on Node ${process.version}; it finds only dates, not tasks or commands.
`);
for (const [name, ...cells] of rows) {
  console.log(name.padEnd(20) + cells.map((cell) => cell.padStart(13)).join("").trimEnd());
}
