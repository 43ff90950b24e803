import assert from "node:assert/strict";
import { test } from "node:test";
import { capsSchema } from "./caps.ts";

const usd = { asset: "usd", perTransaction: "500", rolling: { amount: "1000.50", hours: 24 } };

test("a cap names an asset and limits it at once, within hours, or both", () => {
  assert.deepEqual(capsSchema.parse([usd]), [usd]);
  assert.deepEqual(capsSchema.parse([{ asset: "SOL", perTransaction: "1" }]), [
    { asset: "SOL", perTransaction: "1", rolling: null },
  ]);
  assert.deepEqual(capsSchema.parse([]), []);
});

test("what a view shows beside a cap may be sent back with it", () => {
  assert.deepEqual(capsSchema.parse([{ ...usd, rolling: { ...usd.rolling, spent: "12" } }]), [usd]);
});

test("a list that would not do what its author means is refused", () => {
  const odd: readonly unknown[] = [
    { asset: "usd" },
    { asset: "usd", perTransaction: null, rolling: null },
    { asset: "usd", pertransaction: "5", rolling: usd.rolling },
    { asset: "usd", perTransaction: 500 },
    { asset: "usd", perTransaction: "-1" },
    { asset: "usd", perTransaction: "1e3" },
    { asset: "usd", perTransaction: "" },
    { asset: "", perTransaction: "1" },
    { asset: " usd", perTransaction: "1" },
    { asset: "u\u200bsd", perTransaction: "1" },
    { asset: "x".repeat(65), perTransaction: "1" },
    { asset: "usd", rolling: { amount: "1", hours: 0 } },
    { asset: "usd", rolling: { amount: "1", hours: 1.5 } },
    { asset: "usd", rolling: { amount: "1", hours: 745 } },
    { asset: "usd", rolling: { amount: "1" } },
  ];
  for (const one of odd) assert.equal(capsSchema.safeParse([one]).success, false, JSON.stringify(one));
});

test("an asset stands once, in whatever letters, and a list ends somewhere", () => {
  assert.equal(capsSchema.safeParse([usd, { ...usd, asset: "USD" }]).success, false);
  const many = Array.from({ length: 51 }, (_, index) => ({ ...usd, asset: `a${index}` }));
  assert.equal(capsSchema.safeParse(many).success, false);
  assert.equal(capsSchema.safeParse(many.slice(1)).success, true);
});
