import assert from "node:assert/strict";
import { test } from "node:test";
import { legible } from "./legible.ts";

test("text in any language stays as it is", () => {
  for (const text of ["four", "طلب شراء", "👩‍👩‍👧‍👦🇨🇭", "two\nlines\tand a tab"]) assert.equal(legible(text, 100), text);
});

test("nothing turns the order of what is read, or is there without being seen", () => {
  assert.equal(legible("Pay \u202Egnihton\u202C \u2067now\u2069", 100), "Pay gnihton now");
  assert.equal(legible("bell\u0007 escape\u001B[31m next\u0085", 100), "bell escape[31m next");
});
