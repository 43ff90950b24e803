import assert from "node:assert/strict";
import { test } from "node:test";
import { isWarm } from "./warm-up.ts";

test("a server is warm when two slices on end were no cheaper than the best before", () => {
  assert.equal(isWarm([]), false);
  assert.equal(isWarm([500]), false);
  assert.equal(isWarm([500, 500]), false);
  assert.equal(isWarm([500, 490, 495]), true);
  assert.equal(isWarm([500, 400, 300]), false, "it still gets cheaper");
  assert.equal(isWarm([500, 300, 400]), false, "the first step down was within the last two");
  assert.equal(isWarm([500, 300, 400, 290]), true);
  assert.equal(isWarm([500, 300, 400, 280]), false);
});
