import assert from "node:assert/strict";
import { test } from "node:test";
import { amountWords, readAmount, shareOf } from "./amount.ts";

test("an amount is digits with at most one point", () => {
  for (const text of ["0", "0.5", "12", "12.50", " 1000000 ", "0.000000000000000001"])
    assert.equal(readAmount(text), text.trim(), text);
});

test("nothing else is one, above all not what could be read in two ways", () => {
  const others = [
    "",
    " ",
    "-1",
    "+1",
    "1e3",
    "1,5",
    "1.000,00",
    "1 000",
    "007",
    ".5",
    "5.",
    "1.2.3",
    "abc",
    "NaN",
    "0x10",
    "١٢",
  ];
  for (const text of others) assert.equal(readAmount(text), null, text);
});

test("an amount keeps its digits, in groups that can be read", () => {
  assert.equal(amountWords("1234567.50", "usd"), "1\u202F234\u202F567.50 US dollars");
  assert.equal(amountWords("0.000001", "SOL"), "0.000001 SOL");
  assert.equal(amountWords("999", "SOL"), "999 SOL");
});

test("a share is for the eye: never less than nothing, never more than all", () => {
  assert.equal(shareOf("25", "100"), 0.25);
  assert.equal(shareOf("200", "100"), 1);
  assert.equal(shareOf("1", "0"), 0);
});
