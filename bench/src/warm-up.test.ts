import assert from "node:assert/strict";
import { test } from "node:test";
import { isWarm } from "./warm-up.ts";

test("a server is warm when two slices on end were no cheaper than the best before", () => {
  assert.equal(isWarm([500, 400, 300, 300, 300]), true);
  assert.equal(isWarm([500, 400, 300, 250, 200]), false, "it still gets cheaper");
  assert.equal(isWarm([500, 400, 400, 300, 350]), false, "the last step down was within the last two");
  assert.equal(isWarm([500, 400, 400, 300, 350, 290]), true, "a little cheaper is no step");
  assert.equal(isWarm([500, 400, 400, 300, 350, 280]), false);
});

test("no server is warm after a moment, since a slow slice may look like an end", () => {
  assert.equal(isWarm([]), false);
  assert.equal(isWarm([300, 300, 300, 300]), false);
});
