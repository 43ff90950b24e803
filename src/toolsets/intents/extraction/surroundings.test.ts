import assert from "node:assert/strict";
import { test } from "node:test";
import { surroundingsOf } from "./surroundings.ts";

test("what stands around a quote is counted in characters, and reaches no further than its text", () => {
  const text = "🎻🎻 I look for a luthier. Thanks!";
  const quote = "I look for a luthier.";
  const place = { section: "rawText", quote, from: 3, to: 3 + quote.length } as const;
  assert.deepEqual(surroundingsOf(text, place), { before: "🎻🎻 ", after: " Thanks!" });
  const far = surroundingsOf("x".repeat(1000), { ...place, from: 500, to: 510 });
  assert.equal(far.before.length, 160);
  assert.equal(far.after.length, 160);
});
