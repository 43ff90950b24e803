import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "../measure.ts";
import { type PartCell, partFaults, partFigures, partReport } from "./calls-part-figures.ts";

const sample = (callsPerSecond: number, cpuUs: number, change: Partial<Sample> = {}): Sample => ({
  callsPerSecond,
  p50Ms: 1,
  p99Ms: 4,
  cpuUs,
  databaseCpuUs: 0,
  failed: 0,
  others: 0,
  stolen: 0,
  ...change,
});

/** The machine is twice as slow in the second round, for both alike. */
const drifting: PartCell = {
  target: "ours",
  callers: 50,
  part: "receipt",
  whole: [sample(800, 100), sample(400, 200), sample(800, 100)],
  without: [sample(1000, 80), sample(500, 160), sample(900, 100)],
};

test("a part adds what the whole costs more than the rest, in per cent of the rest", () => {
  const [time, cpu, ...none] = partFigures([drifting], "2026-07-28");
  assert.deepEqual(none, []);
  assert.deepEqual(
    { ...time, value: Math.round(time?.value ?? 0) },
    {
      suite: "calls",
      name: "ours echo 2026-07-28 c50 receipt adds time",
      value: 25,
      unit: "%",
      against: "ours without receipt",
      ratio: 1.25,
      runs: 3,
    },
  );
  assert.equal(cpu?.name, "ours echo 2026-07-28 c50 receipt adds cpu");
  assert.equal(cpu?.ratio, 1.25);
});

test("each round is set against itself, so that a drift of the machine adds nothing", () => {
  const slower: PartCell = {
    ...drifting,
    whole: [sample(1000, 80), sample(500, 160), sample(250, 320)],
    without: [sample(1000, 80), sample(500, 160), sample(250, 320)],
  };
  assert.deepEqual(
    partFigures([slower], "2026-07-28").map(({ value }) => value),
    [0, 0],
  );
});

test("what the database uses is the call's too, and a part that costs nothing may come out below nothing", () => {
  const cell: PartCell = {
    ...drifting,
    part: "limit",
    whole: [sample(1010, 60, { databaseCpuUs: 39 })],
    without: [sample(1000, 60, { databaseCpuUs: 40 })],
  };
  const [time, cpu] = partFigures([cell], "2026-07-28");
  assert.equal(time?.value.toFixed(2), "-0.99");
  assert.equal(cpu?.ratio, 0.99);
  assert.match(
    partReport([cell]),
    /of 1 round\n50 callers +part +adds time +adds CPU\nours +limit +-1\.0% \(-1\.0% to -1\.0%\)/,
  );
});

test("the report shows how far the rounds lie apart, and failed calls are a fault", () => {
  assert.match(partReport([drifting]), /receipt +\+25\.0% \(\+12\.5% to \+25\.0%\) +\+25\.0% \(\+0\.0% to \+25\.0%\)/);
  const failing = { ...drifting, without: [sample(1, 1, { failed: 2, others: 0.5 })] };
  assert.deepEqual(partFaults([drifting]), []);
  assert.deepEqual(partFaults([failing]), ["ours: 2 calls failed while receipt was measured."]);
  assert.match(partReport([failing, { ...failing, part: "limit" }]), /^1 of 4 of these samples/m, "each counts once");
});
