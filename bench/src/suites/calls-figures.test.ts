import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "../measure.ts";
import { type CallCells, callFaults, callFigures, disturbed } from "./calls-figures.ts";
import { callReport } from "./calls-report.ts";

const sample = (callsPerSecond: number, change: Partial<Sample> = {}): Sample => ({
  callsPerSecond,
  p50Ms: 1,
  p99Ms: 4,
  cpuUs: 100,
  databaseCpuUs: 0,
  failed: 0,
  others: 0,
  stolen: 0,
  ...change,
});

const subject: CallCells = {
  era: "2026-07-28",
  peers: ["raw-fixed", "sdk-v2"],
  cells: [
    { target: "raw-fixed", callers: 1, samples: [sample(900), sample(1000), sample(1100)] },
    { target: "sdk-v2", callers: 1, samples: [sample(99), sample(100), sample(5000)] },
    { target: "ours", callers: 1, samples: [sample(250), sample(150), sample(200, { p99Ms: 9 })] },
    { target: "raw-fixed", callers: 50, samples: [sample(4000)] },
    { target: "sdk-v2", callers: 50, samples: [sample(2000)] },
    { target: "ours", callers: 50, samples: [sample(1000, { others: 0.5, failed: 2, databaseCpuUs: 30 })] },
  ],
};

test("ours is set against each peer by medians, under the same load alone", () => {
  const rates = callFigures(subject).filter(({ name }) => name.endsWith("rate"));
  assert.deepEqual(
    rates.map(({ name, value, against, ratio, runs }) => [name, value, against, ratio, runs]),
    [
      ["ours echo 2026-07-28 c1 rate", 200, "raw-fixed", 0.2, 3],
      ["ours echo 2026-07-28 c1 rate", 200, "sdk-v2", 2, 3],
      ["ours echo 2026-07-28 c50 rate", 1000, "raw-fixed", 0.25, 1],
      ["ours echo 2026-07-28 c50 rate", 1000, "sdk-v2", 0.5, 1],
    ],
  );
});

test("rate, latencies and CPU are told, each with its unit", () => {
  const units = new Set(callFigures(subject).map(({ name, unit }) => `${name.split(" ").at(-1)} ${unit}`));
  assert.deepEqual([...units], ["rate calls/s", "p50 ms", "p99 ms", "cpu us/call"]);
});

test("failed calls are a fault, and disturbed samples are counted", () => {
  assert.deepEqual(callFaults(subject), ["ours: 2 calls failed at 50 callers."]);
  assert.deepEqual(disturbed(subject), { samples: 1, of: 12 });
});

test("the report has a table for each load, and says how far to trust it", () => {
  const report = callReport(subject, "PostgreSQL 17");
  assert.match(report, /^1 caller {2}.*calls\/s.*\/ raw-fixed.*\/ sdk-v2/m);
  assert.match(report, /^ours +200 +0\.20 +2\.00 /m);
  assert.match(report, /^ours +1,000 +0\.25 +0\.50 +1\.00 +4\.00 +100 \+ 30\.0 +2 +0% +0\.50$/m);
  assert.match(report, /PostgreSQL 17/);
  assert.match(report, /1 of 12 samples/);
});
