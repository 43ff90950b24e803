import assert from "node:assert/strict";
import { test } from "node:test";
import { timeLeft } from "./time-left.ts";

test("what is left is said as roughly as it is known", () => {
  const cases = [
    [-3, "any moment now"],
    [0, "any moment now"],
    [4, "a few seconds left"],
    [14, "about 10 seconds left"],
    [47, "about 50 seconds left"],
    [55, "about 1 minute left"],
    [170, "about 3 minutes left"],
    [3000, "about 1 hour left"],
    [9000, "about 3 hours left"],
  ] as const;
  for (const [seconds, words] of cases) assert.equal(timeLeft(seconds), words, String(seconds));
});
