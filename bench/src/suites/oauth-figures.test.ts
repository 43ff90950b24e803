import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "../measure.ts";
import { tokenFaults, tokenFigures, type TokenCell } from "./oauth-figures.ts";
import { tokenReport } from "./oauth-report.ts";

const sample = (callsPerSecond: number, failed = 0): Sample => ({
  callsPerSecond,
  p50Ms: 1000 / callsPerSecond,
  p99Ms: 2000 / callsPerSecond,
  cpuUs: 1e6 / callsPerSecond,
  databaseCpuUs: 0,
  failed,
  others: 0,
  stolen: 0,
});

const cell = (target: string, beside: string | undefined, rates: readonly number[], failed = 0): TokenCell => ({
  target,
  beside,
  step: "refresh",
  callers: 8,
  samples: rates.map((rate) => sample(rate, failed)),
});

const cells = [
  cell("oidc-provider-embedded", undefined, [100, 120, 80]),
  cell("bellhop-embedded", "oidc-provider-embedded", [150, 250, 140]),
  cell("bellhop-postgres", "oidc-provider-postgres", [999]),
];

test("ours is set beside oidc-provider on the same database, median against median", () => {
  const [rate, ...others] = tokenFigures(cells);
  assert.deepEqual(rate, {
    suite: "oauth",
    name: "bellhop-embedded refresh c8 rate",
    value: 150,
    unit: "requests/s",
    against: "oidc-provider-embedded",
    ratio: 1.5,
    runs: 3,
  });
  assert.deepEqual(
    others.map(({ name }) => name.split(" ").at(-1)),
    ["p50", "p99", "cpu"],
  );
});

test("a refused request is a fault, and the report shows both beside each other", () => {
  assert.deepEqual(tokenFaults(cells), []);
  assert.deepEqual(tokenFaults([cell("bellhop-embedded", undefined, [100], 2)]), [
    "bellhop-embedded: 2 of refresh failed at 8 callers.",
  ]);
  assert.match(tokenReport(cells), /refresh, 8 at once[^]*oidc-provider-embedded +100[^]*bellhop-embedded +150 +1\.50/);
});
