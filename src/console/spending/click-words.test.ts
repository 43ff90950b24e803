import assert from "node:assert/strict";
import { test } from "node:test";
import { clickWords } from "./click-words.ts";

test("where no click is enough, that is said, and nothing adds up", () => {
  assert.equal(clickWords(0), "Here no click alone is enough: you are asked at each yes, whatever it is worth.");
});

test("one click is one", () => {
  assert.match(clickWords(1), /adds up, and after one click you are asked too;/);
});

test("more are counted", () => {
  assert.match(clickWords(10), /adds up, and after 10 clicks you are asked too;/);
});
