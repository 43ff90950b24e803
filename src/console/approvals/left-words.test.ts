import assert from "node:assert/strict";
import { test } from "node:test";
import { leftWords } from "./left-words.ts";

test("the time left is said in the unit in which a person would count it", () => {
  const words = new Map([
    [1, "0:01"],
    [59, "0:59"],
    [272, "4:32"],
    [3599, "59:59"],
    [3600, "1 h 00 min"],
    [3600 + 4 * 60 + 59, "1 h 04 min"],
    [47 * 3600, "47 h 00 min"],
    [2 * 86_400, "2 days"],
    [7 * 86_400 - 1, "6 days"],
  ]);
  for (const [seconds, expected] of words) assert.equal(leftWords(seconds), expected);
});
