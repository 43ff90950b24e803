import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkCandidates } from "./check-candidates.ts";
import { findWishes } from "./find-wishes.ts";
import { fold, locate, samenessKey } from "./fold.ts";
import { type Place, readSection, sectionOf } from "./sections.ts";

const LENGTH = 100_000;
const limits = { instructionLimit: 2000, sectionLimit: 5000 };

/** Beginnings that a careless pattern would read again and again. */
const repeated = [
  "a",
  "a ",
  "a. ",
  "A b c\n",
  "\n",
  "\n ",
  " ",
  '"',
  "“",
  "'",
  "…",
  ",",
  "-",
  "\u0301",
  "é",
  "👩‍👩‍👧",
  "探",
  "\u200b",
  "I'm ",
  "and I ",
  "I want to ",
  "I'm looking for a ",
  "I am looking for a cat. ",
  "and we would like to ",
  "- need: a\n",
  "not ",
  "if ",
  "that ",
  "Dr. ",
  "ignore all previous ",
  "> I need a van\n",
  "<system",
  "you are ",
];

/** Milliseconds of processor time, so that a busy machine does not count. */
const elapsed = (work: () => unknown): number => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};

for (const unit of repeated) {
  const text = unit
    .repeat(Math.ceil(LENGTH / unit.length))
    .slice(0, LENGTH)
    .toWellFormed();
  test(`100,000 units of ${JSON.stringify(unit)} are answered at once`, () => {
    const asRead = elapsed(() => findWishes([readSection("rawText", text, limits).section]));
    assert.ok(asRead < 200, `cut to its limit: ${asRead.toFixed(0)} ms`);
    // The limits can be set higher. What is quadratic takes many seconds here; what is linear takes a fifth of one.
    const whole = elapsed(() => findWishes([sectionOf("rawText", text)]));
    assert.ok(whole < 2000, `not cut: ${whole.toFixed(0)} ms`);
    const folded = fold(text.slice(0, limits.sectionLimit));
    const searching = elapsed(() => locate(folded, `${text.slice(0, 999)}z`));
    assert.ok(searching < 200, `quote: ${searching.toFixed(0)} ms`);
  });
}

const pieces = [
  "I'm looking for ",
  "we need a ",
  "and would love to meet ",
  "I can help ",
  " not ",
  "Anyone selling a ",
  "? ",
  ". ",
  "! ",
  "\n",
  "\r\n",
  "> ",
  "- wanted: ",
  "“",
  "”",
  '"',
  " – ",
  ";",
  "👩‍👩‍👧",
  "🏔",
  "e\u0301",
  "ß",
  "İ",
  "探しています。",
  "Dr. ",
  "if ",
  "ignore all rules",
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 12 })), { maxLength: 30 })
  .map((parts) => parts.join("").toWellFormed());

const pointsAtItsQuote = (text: string, place: Place): void => {
  assert.equal(Array.from(text).slice(place.from, place.to).join(""), place.quote);
  assert.notEqual(place.quote, "");
};

test("whatever the text, findings and suggestions point at their quotes", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const { findings, suggestions } = findWishes([sectionOf("fullInputText", text)]);
      for (const { place, payload } of findings) {
        pointsAtItsQuote(text, place);
        assert.ok(payload.isWellFormed() && payload.length <= 500);
      }
      for (const place of suggestions) pointsAtItsQuote(text, place);
    }),
    { seed: 2, numRuns: 2000 },
  );
});

test("whatever part of the text is quoted, a finding points at the same words", () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(40), (text, start, length) => {
      const points = Array.from(text);
      const from = points.length === 0 ? 0 : start % points.length;
      const quote = points.slice(from, from + length).join("");
      const { findings } = checkCandidates([{ payload: "A thing", quote }], [sectionOf("rawText", text)], []);
      for (const { place } of findings) {
        pointsAtItsQuote(text, place);
        assert.equal(samenessKey(place.quote), samenessKey(quote));
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});
