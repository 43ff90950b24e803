import assert from "node:assert/strict";
import { test } from "node:test";
import { usedBetween } from "./measure.ts";

test("a process that is new counts from its start, one that has ended not at all", () => {
  const before = new Map([
    [1, 100],
    [2, 500],
  ]);
  const after = new Map([
    [1, 130],
    [3, 40],
  ]);
  assert.equal(usedBetween(before, after), 70);
  assert.equal(usedBetween(before, before), 0);
});
