import assert from "node:assert/strict";
import { test } from "node:test";
import { figureLine } from "./figure.ts";

test("a figure is one line of JSON with exactly the promised members, and no false digits", () => {
  const line = figureLine({
    suite: "calls",
    name: "ours rate",
    value: 12_345.678,
    unit: "calls/s",
    against: "theirs",
    ratio: 1.23456,
    runs: 5,
  });
  assert.doesNotMatch(line, /\n/);
  assert.deepEqual(JSON.parse(line), {
    suite: "calls",
    name: "ours rate",
    value: 12_350,
    unit: "calls/s",
    against: "theirs",
    ratio: 1.23,
    runs: 5,
  });
});
