import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { placeOf, readSection, sectionOf } from "./sections.ts";

const limits = { instructionLimit: 40, sectionLimit: 60 };
const read = (text: string) => readSection("fullInputText", text, limits);

test("a text within its limit is read whole", () => {
  const text = "Forty characters, no more and no fewer!!";
  assert.equal(text.length, 40);
  assert.deepEqual([read(text).section.text, read(text).cuts], [text, []]);
  assert.deepEqual(read(`${text}  \n `).cuts, [], "white space beyond the limit is no loss");
});

test("a longer text is cut after the last whole sentence, and the rest is reported", () => {
  const { section, cuts } = read("One sentence is here. A second one is here. Then a third.");
  assert.equal(section.text, "One sentence is here.");
  assert.deepEqual(cuts, [{ section: "fullInputText", from: 21, to: 57 }]);
});

test("the instruction and the other sections have limits of their own", () => {
  const text = "Twelve words. ".repeat(6);
  assert.equal(read(text).section.text.length, 27);
  assert.equal(readSection("rawText", text, limits).section.text.length, 55);
});

test("where no sentence fits it is cut after a word, and where no word fits inside it", () => {
  assert.equal(
    read("no end of words and none of them ends a sentence ever").section.text,
    "no end of words and none of them ends a",
  );
  assert.equal(read("x".repeat(50)).section.text, "x".repeat(40));
  assert.equal(read("👩‍👩‍👧".repeat(10)).section.text, "👩‍👩‍👧".repeat(8), "a family is not torn apart");
});

test("limits and offsets count code points, whatever JavaScript counts", () => {
  assert.deepEqual(read("🏔".repeat(40)).cuts, []);
  assert.deepEqual(read("🏔".repeat(41)).cuts, [{ section: "fullInputText", from: 40, to: 41 }]);
  assert.deepEqual(placeOf(sectionOf("rawText", "🏔🏔 a hut "), { from: 4, to: 11 }), {
    section: "rawText",
    quote: "a hut",
    from: 3,
    to: 8,
  });
});

test("what is read is a beginning of the text within the limit, and what is reported is all the rest", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 120 }), (text) => {
      const { section, cuts } = read(text.toWellFormed());
      assert.ok(text.toWellFormed().startsWith(section.text));
      const rest = Array.from(text.toWellFormed()).slice(cuts[0]?.from ?? Infinity);
      assert.equal(rest.length, cuts[0] ? cuts[0].to - cuts[0].from : 0);
      assert.ok(Array.from(section.text.trimEnd()).length <= 40);
    }),
    { seed: 1, numRuns: 500 },
  );
});
