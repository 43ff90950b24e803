import assert from "node:assert/strict";
import { test } from "node:test";
import { goesOn, untilNextEnd } from "./approvals-queries.ts";

const NOW = Date.parse("2026-11-30T12:00:00.000Z");

const ending = (seconds: number, status: "pending" | "rejected" = "pending") => ({
  status,
  expiresAt: new Date(NOW + seconds * 1000).toISOString(),
});

test("what waits is read again when the first of it has had its time, and never where nothing waits", () => {
  assert.equal(untilNextEnd([], NOW), false);
  assert.equal(untilNextEnd([ending(60, "rejected")], NOW), false);
  assert.equal(untilNextEnd([ending(90), ending(60), ending(30, "rejected")], NOW), 60_500);
});

test("one whose time is over by our clock alone is asked for calmly, not without end", () => {
  assert.equal(untilNextEnd([ending(-600)], NOW), 5000);
});

test("a time far ahead does not run over the browser's timer", () => {
  assert.equal(untilNextEnd([ending(365 * 86_400)], NOW), 2 ** 31 - 1);
});

test("only what was approved and has not ended goes on", () => {
  for (const run of [null, "queued", "running"] as const) assert.equal(goesOn({ status: "approved", run }), true);
  for (const run of ["completed", "failed", "cancelled", "unknown"] as const)
    assert.equal(goesOn({ status: "approved", run }), false);
  assert.equal(goesOn({ status: "rejected", run: null }), false);
});
