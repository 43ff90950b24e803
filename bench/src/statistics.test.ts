import assert from "node:assert/strict";
import { test } from "node:test";
import { median, readable, spread } from "./statistics.ts";

test("the median is the middle value, whatever the order", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
  assert.throws(() => median([]));
});

test("the spread is the whole range as a share of the median", () => {
  assert.equal(spread([90, 100, 110]), 0.2);
  assert.equal(spread([100]), 0);
});

test("numbers are shown with three digits or so", () => {
  assert.deepEqual([1234.5, 100, 42.34, 1.234, 0, Infinity].map(readable), [
    "1,235",
    "100",
    "42.3",
    "1.23",
    "0.00",
    "-",
  ]);
});
