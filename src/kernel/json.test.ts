import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "./errors.ts";
import { canonicalJson, digestOf, wellFormed } from "./json.ts";

test("the canonical form is that of RFC 8785", () => {
  // RFC 8785 §3.2.2 and §3.2.3, the examples of the specification.
  const sample = JSON.parse(
    String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
  );
  assert.equal(
    canonicalJson(wellFormed(sample)),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
  const sorted = canonicalJson(
    wellFormed({ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }),
  );
  assert.equal(sorted, '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
});

test("the digest does not depend on the order of members, and changes with any value", () => {
  assert.equal(digestOf({ a: 1, b: [1, 2] }), digestOf({ b: [1, 2], a: 1 }));
  assert.notEqual(digestOf({ a: 1, b: [1, 2] }), digestOf({ a: 1, b: [2, 1] }));
});

test("text that cannot be stored is refused, wherever it stands", () => {
  for (const bad of ["\0", "half \ud800", { deep: [{ text: "\udc00" }] }, { ["na\0me"]: 1 }]) {
    assert.throws(() => wellFormed(bad), { code: "invalid_input" });
  }
  assert.throws(() => wellFormed({ amount: Number.NaN }), { code: "invalid_input" });
});

test("nesting that would exhaust the stack is refused, not followed", () => {
  const deep = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));
  assert.throws(() => wellFormed(deep), /nested more than/);
});

test("a member named __proto__ stays a member", () => {
  const value = wellFormed(JSON.parse('{"__proto__":{"admin":true},"a":1}'));
  assert.equal(canonicalJson(value), '{"__proto__":{"admin":true},"a":1}');
});

test("whatever JSON comes in, it is refused by name or survives a round trip", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6, noUnicodeString: false }), (text) => {
      try {
        const value = wellFormed(JSON.parse(text));
        assert.equal(canonicalJson(wellFormed(JSON.parse(canonicalJson(value)))), canonicalJson(value));
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === "invalid_input");
      }
    }),
    { seed: 20261121, numRuns: 500 },
  );
});
