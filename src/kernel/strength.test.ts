import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addQuantities, decimalText, isMore, nothing, type Quantity } from "./money.ts";
import { type Amount, CLICK_HOURS, type Clicks, type Spend, strengthOf, worthOf } from "./spend.ts";

const now = new Date("2026-11-20T09:30:00.000Z");
const HOUR = 3_600_000;
const open = { freshAboveUsd: "100", freshAfterClicks: 10 };
const usdc = (amount: bigint): Amount => ({ asset: "USDC", amount, decimals: 6 });
const usd = (cents: bigint): Amount => ({ asset: "usd", amount: cents, decimals: 2 });

test("a decision is fresh where the tool says so, much moves, or nobody says what moves is worth", () => {
  const strength = (proposal: Parameters<typeof strengthOf>[0]) => strengthOf(proposal, open);
  assert.equal(strength({}), "usual");
  assert.equal(strength({ high: true }), "fresh");
  assert.equal(strength({ spend: { amounts: [usd(10_000n)] } }), "usual");
  assert.equal(strength({ spend: { amounts: [usd(10_001n)] } }), "fresh");
  assert.equal(strength({ high: true, spend: { amounts: [usd(1n)] } }), "fresh");
  assert.equal(strength({ spend: { amounts: [usdc(1n)] } }), "fresh");
  assert.equal(strength({ spend: { amounts: [] } }), "fresh");
});

test("many small questions are a large one: what was approved by a click alone counts", () => {
  const strength = (cents: bigint, worth: bigint, count = 1) =>
    strengthOf({ spend: { amounts: [usd(cents)] } }, open, { count, worth: { amount: worth, decimals: 2 } });
  assert.equal(strength(4_000n, 6_000n), "usual");
  assert.equal(strength(4_001n, 6_000n), "fresh");
  assert.equal(strength(1n, 10_000n), "fresh");
  // Without an amount it is counted.
  assert.equal(strengthOf({}, open, { count: 9, worth: nothing }), "usual");
  assert.equal(strengthOf({}, open, { count: 10, worth: nothing }), "fresh");
  assert.equal(strengthOf({}, open, { count: 1, worth: { amount: 10_000n, decimals: 2 } }), "usual");
  assert.equal(strengthOf({}, { ...open, freshAfterClicks: 0 }), "fresh", "0 asks each time");
});

const spend: fc.Arbitrary<Spend> = fc.record({
  amounts: fc.array(
    fc.record({
      asset: fc.constantFrom("usd", "USDC"),
      amount: fc.bigInt({ min: 0n, max: 60_000n }),
      decimals: fc.constantFrom(2, 3, 6),
    }),
    { maxLength: 3 },
  ),
});

/** A row of questions, each some hours after the one before. */
const questions = fc.array(
  fc.record({
    hours: fc.nat(20),
    high: fc.boolean(),
    cents: fc.option(fc.bigInt({ min: 0n, max: 12_000n }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 60 },
);

/** What was clicked before a time, since the last proof: as the rule says it. */
const clicksAt = (
  decided: readonly { readonly at: number; readonly fresh: boolean; readonly worth: Quantity }[],
  at: number,
): Clicks => {
  const since = Math.max(at - CLICK_HOURS * HOUR, ...decided.filter(({ fresh }) => fresh).map((one) => one.at));
  const clicked = decided.filter((one) => !one.fresh && one.at > since);
  return { count: clicked.length, worth: clicked.reduce((sum, { worth }) => addQuantities(sum, worth), nothing) };
};

test("between two proofs, no day of clicks alone is worth more than the threshold, or longer than the row", () => {
  fc.assert(
    fc.property(questions, fc.integer({ min: 1, max: 5 }), (asked, freshAfterClicks) => {
      const policy = { ...open, freshAfterClicks };
      const decided: { at: number; fresh: boolean; worth: Quantity }[] = [];
      let at = now.getTime();
      for (const { hours, high, cents } of asked) {
        at += hours * HOUR + 1;
        const proposal = { high, ...(cents === undefined ? {} : { spend: { amounts: [usd(cents)] } }) };
        const fresh = strengthOf(proposal, policy, clicksAt(decided, at)) === "fresh";
        decided.push({ at, fresh, worth: (proposal.spend && worthOf(proposal.spend)) ?? nothing });
        const { count, worth } = clicksAt(decided, at);
        assert.ok(!isMore(worth, { amount: 100n, decimals: 0 }), decimalText(worth));
        assert.ok(count <= freshAfterClicks);
        if (fresh) assert.deepEqual([count, worth.amount], [0, 0n], "a proof begins anew");
      }
    }),
    { numRuns: 500 },
  );
});

test("clicks never make a decision weaker, and more of them never weaker than fewer", () => {
  const some = fc.record({
    count: fc.nat(12),
    worth: fc.record({ amount: fc.bigInt({ min: 0n, max: 20_000n }), decimals: fc.constantFrom(0, 2, 6) }),
  });
  const proposal = fc
    .record({ high: fc.boolean() })
    .chain(({ high }) => fc.option(spend, { nil: undefined }).map((own) => ({ high, ...(own && { spend: own }) })));
  fc.assert(
    fc.property(proposal, some, some, (asked, few, further) => {
      const more = { count: few.count + further.count, worth: addQuantities(few.worth, further.worth) };
      const rank = (clicks?: Clicks) => (strengthOf(asked, open, clicks) === "fresh" ? 1 : 0);
      assert.ok(rank() <= rank(few) && rank(few) <= rank(more));
    }),
    { numRuns: 500 },
  );
});
