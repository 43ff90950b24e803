import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as z from "zod";
import { findWishes } from "./find-wishes.ts";
import { denials, doubts } from "./guards.ts";
import { type OwnSection, type Place, sectionOf } from "./sections.ts";
import { wishRules } from "./wish-rules.ts";

const find = (text: string, name: OwnSection = "fullInputText") => findWishes([sectionOf(name, text)]);
const stored = (text: string): readonly string[] => find(text).findings.map((finding) => finding.payload);
const suggested = (text: string): readonly string[] => find(text).suggestions.map((place) => place.quote);

const paragraphs = z
  .array(z.object({ name: z.string(), language: z.string(), text: z.string(), gold: z.array(z.string()) }))
  .parse(
    JSON.parse(readFileSync(new URL("../../../../test/data/paragraphs/paragraphs.json", import.meta.url), "utf8")),
  );

interface Range {
  readonly from: number;
  readonly to: number;
}

const shared = (a: Range, b: Range): number => Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

for (const { name, text, gold } of paragraphs) {
  test(`paragraph: ${name}`, () => {
    const wanted = gold.map((quote): Range => {
      const from = Array.from(text.slice(0, text.indexOf(quote))).length;
      return { from, to: from + Array.from(quote).length };
    });
    const { findings, suggestions } = find(text);
    for (const { payload, place } of findings) {
      const right = Math.max(0, ...wanted.map((range) => shared(range, place)));
      assert.ok(right > (place.to - place.from) / 2, `nobody wants: ${payload}`);
    }
    const shown: readonly Place[] = [...findings.map((finding) => finding.place), ...suggestions];
    for (const [index, range] of wanted.entries()) {
      assert.ok(
        shown.some((place) => shared(range, place) > 0),
        `neither stored nor suggested: ${gold[index]}`,
      );
    }
  });
}

test("the paragraphs cover what can go wrong", () => {
  assert.ok(paragraphs.length >= 25);
  assert.ok(paragraphs.filter(({ gold }) => gold.length === 0).length >= 8, "texts in which nothing is wanted");
  assert.ok(new Set(paragraphs.map(({ language }) => language)).size >= 5);
  for (const { name, text, gold } of paragraphs) for (const quote of gold) assert.ok(text.includes(quote), name);
});

for (const rule of wishRules) {
  test(`rule: ${rule.name}`, () => {
    assert.deepEqual(stored(rule.example), [rule.payload]);
    assert.deepEqual(stored(`My brother says: ${rule.example}`), [], "somebody else's words are not stored");
  });
}

for (const guard of denials) {
  test(`denial: ${guard.name}`, () => {
    assert.deepEqual([stored(guard.example), suggested(guard.example)], [[], []]);
  });
}

for (const guard of doubts) {
  test(`doubt: ${guard.name}`, () => {
    assert.deepEqual([stored(guard.example), suggested(guard.example)], [[], [guard.example]]);
  });
}

test("a finding quotes its clause, and knows where it stands", () => {
  const text = "Hi 👋 — I'm a nurse, and I'm looking for a flat in Graz. Thanks!";
  assert.deepEqual(find(text, "rawText").findings, [
    {
      payload: "Looking for a flat in Graz",
      summary: null,
      place: { section: "rawText", quote: "I'm looking for a flat in Graz.", from: 24, to: 55 },
    },
  ]);
});

test("a subject that is left out is the one before", () => {
  assert.deepEqual(stored("I need a van and would love to meet drivers."), [
    "Looking for a van",
    "Wants to meet drivers",
  ]);
  assert.deepEqual(stored("My boss needs a van and would love to meet drivers."), []);
});

test("what stands beside a finding in its sentence is suggested", () => {
  const text = "I'm looking for a flat in Graz; a garden would be lovely.";
  assert.deepEqual([stored(text), suggested(text)], [["Looking for a flat in Graz"], ["a garden would be lovely."]]);
});

test("the same wish is found once, in whichever section it comes first", () => {
  const sections = [sectionOf("fullInputText", "I need a van."), sectionOf("rawText", "We need a VAN!")];
  assert.deepEqual(
    findWishes(sections).findings.map((finding) => finding.place.section),
    ["fullInputText"],
  );
});

test("what is found beyond twelve is suggested", () => {
  const things = "van boat desk lamp tent piano loom kiln oven drum harp stove ladder trailer".split(" ");
  const { findings, suggestions } = find(things.map((thing) => `I need a ${thing}.`).join("\n"));
  assert.equal(findings.length, 12);
  assert.deepEqual(
    suggestions.map((place) => place.quote),
    ["I need a ladder.", "I need a trailer."],
  );
});

test("figures of speech, vague wishes and pronouns are not stored", () => {
  for (const text of [
    "I need a minute.",
    "I'm looking for you.",
    "We need to find out.",
    "I want it all.",
    "I'm looking for nothing.",
  ]) {
    assert.deepEqual(stored(text), [], text);
  }
  assert.deepEqual(stored("I need a second oven."), ["Looking for a second oven"]);
});

test("a quotation is somebody's words, on as many sentences as it has", () => {
  assert.deepEqual(stored('He: "Hello. I need a van. Bye." I need a boat.'), ["Looking for a boat"]);
  assert.deepEqual(stored("„Hallo. I need a van.“ Then: »I need a desk.« I need a boat."), ["Looking for a boat"]);
  assert.deepEqual(stored('I need a "green" roof.'), ['Looking for a "green" roof']);
});
