import assert from "node:assert/strict";
import { test } from "node:test";
import { shorten } from "./shorten.ts";

test("a text that fits stays as it is", () => {
  assert.equal(shorten("four", 4), "four");
});

test("a longer one ends in an ellipsis, and no character is cut in half", () => {
  assert.equal(shorten("a longer text", 8), "a longer…");
  assert.equal(shorten("ab😀cd", 3), "ab…");
  assert.ok(shorten("😀".repeat(50_000), 1001).isWellFormed());
});
