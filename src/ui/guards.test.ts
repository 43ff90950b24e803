import assert from "node:assert/strict";
import { test } from "node:test";
import { isAbsentOr, isListOf, isNullOr, isNumber, isOneOf, isShape, isText } from "./guards.ts";

const isIntent = isShape({ id: isText, summary: isAbsentOr(isNullOr(isText)), state: isOneOf("new", "old") });

test("a value passes when every named member has its shape, whatever else it holds", () => {
  assert.equal(isIntent({ id: "1", state: "new", more: {} }), true);
  assert.equal(isIntent({ id: "1", state: "old", summary: null }), true);
});

test("a value fails by one wrong, missing or foreign member", () => {
  for (const value of [
    null,
    [],
    "text",
    {},
    { id: 1, state: "new" },
    { id: "1", state: "other" },
    { id: "1", state: "new", summary: 7 },
  ]) {
    assert.equal(isIntent(value), false, JSON.stringify(value));
  }
});

test("a list passes when each item does", () => {
  assert.equal(isListOf(isNumber)([1, 2]), true);
  assert.equal(isListOf(isNumber)([1, "2"]), false);
  assert.equal(isListOf(isNumber)({ 0: 1, length: 1 }), false);
});
