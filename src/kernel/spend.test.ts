import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assetKey, type Cap, loosensCaps } from "./caps.ts";
import { addQuantities, decimalText, isMore, nothing, parseDecimal, type Quantity } from "./money.ts";
import { type Amount, judgeSpend, measuresOf, type Spend, type SpendPolicy, type Spent, windowsOf } from "./spend.ts";

const now = new Date("2026-11-20T09:30:00.000Z");
const HOUR = 3_600_000;

const open: SpendPolicy = {
  version: 0,
  caps: [],
  serverCaps: [],
  recipientsOnly: false,
  recipients: [],
  holdHours: 24,
  freshAboveUsd: "100",
  freshAfterClicks: 10,
};
const usdc = (amount: bigint): Amount => ({ asset: "USDC", amount, decimals: 6 });
const usd = (cents: bigint): Amount => ({ asset: "usd", amount: cents, decimals: 2 });
const once = (asset: string, perTransaction: string): Cap => ({ asset, perTransaction, rolling: null });
const rolling = (asset: string, amount: string, hours: number): Cap => ({
  asset,
  perTransaction: null,
  rolling: { amount, hours },
});
const judged = (policy: Partial<SpendPolicy>, spend: Spend, spent: readonly Spent[] = []) =>
  judgeSpend({ ...open, ...policy }, spent, spend, now);

test("without a cap and without a list everything may be spent", () => {
  assert.equal(judged({}, { amounts: [usdc(10n ** 20n)], recipient: "anyone" }), null);
});

test("a cap on one transaction holds to the last digit, and says by how much", () => {
  const policy = { caps: [once("USDC", "500")] };
  assert.equal(judged(policy, { amounts: [usdc(500_000_000n)] }), null);
  const refusal = judged(policy, { amounts: [usdc(500_000_001n)] });
  assert.equal(refusal?.code, "spend_limit");
  assert.equal(refusal.message, "That would be 500.000001 USDC at once; your limit is 500.00.");
  assert.deepEqual(refusal.details, { asset: "USDC", limit: "500" });
});

test("a rolling cap counts what was spent within its hours", () => {
  const policy = { caps: [rolling("USDC", "500.00", 24)] };
  const spent: Spent[] = [
    { asset: "usdc", hours: 24, amount: 400n, decimals: 0 },
    { asset: "usdc", hours: 24, amount: 1_500_000n, decimals: 6 },
    { asset: "usdc", hours: 1, amount: 9_999n, decimals: 0 },
    { asset: "sol", hours: 24, amount: 9_999n, decimals: 0 },
  ];
  assert.equal(judged(policy, { amounts: [usdc(98_500_000n)] }, spent), null);
  assert.equal(
    judged(policy, { amounts: [usdc(218_500_000n)] }, spent)?.message,
    "That would be 620.00 USDC in 24 hours; your limit is 500.00.",
  );
});

test("a cap in US dollars counts what everything is worth, whatever it is", () => {
  const policy = { caps: [once("usd", "100")] };
  assert.equal(judged(policy, { amounts: [usdc(1n), usd(10_000n)] }), null);
  assert.equal(
    judged(policy, { amounts: [{ asset: "SOL", amount: 1n, decimals: 9 }, usd(10_001n)] })?.message,
    "That would be 100.01 USD at once; your limit is 100.00.",
  );
});

test("where a cap in US dollars holds, what does not say its worth is refused, and so is what says nothing at all", () => {
  for (const policy of [{ caps: [once("usd", "100")] }, { serverCaps: [rolling("USD", "100", 1)] }]) {
    const refusal = judged(policy, { amounts: [usdc(1n)] });
    assert.equal(refusal?.code, "spend_limit");
    assert.match(refusal.message, /limit in US dollars, and it does not say what this is worth/);
  }
  assert.match(judged({ caps: [once("SOL", "1")] }, { amounts: [] })?.message ?? "", /does not say how much/);
  // A cap on another asset has nothing to count.
  assert.equal(judged({ caps: [once("SOL", "1")] }, { amounts: [usdc(1n)] }), null);
});

test("an asset is the same in whatever letters, and what is named twice adds up", () => {
  const policy = { caps: [once("usdc", "10")] };
  const halves = { amounts: [usdc(6_000_000n), { asset: "Usdc ", amount: 6n, decimals: 0 }] };
  assert.equal(judged(policy, halves)?.message, "That would be 12.00 usdc at once; your limit is 10.00.");
});

test("caps of the server hold beside a person's own, and say whose they are", () => {
  const both = { caps: [once("usd", "1000")], serverCaps: [once("usd", "50")] };
  const refusal = judged(both, { amounts: [usd(6_000n)] });
  assert.equal(refusal?.message, "That would be 60.00 USD at once; the limit of this server is 50.00.");
  assert.match(refusal.next, /whoever runs this server/);
  assert.match(judged({ ...both, caps: [once("usd", "5")] }, { amounts: [usd(600n)] })?.message ?? "", /your limit/);
});

test("an amount that would make room is a mistake of the tool, never a spend", () => {
  for (const amounts of [
    [usdc(-1n)],
    [usdc(5n), usdc(-1n)],
    [{ asset: "usd", amount: 1n, decimals: -1 }],
    [{ asset: "usd", amount: 1n, decimals: 0.5 }],
    [{ asset: " ", amount: 1n, decimals: 0 }],
  ])
    assert.throws(() => judged({}, { amounts }), { code: "internal" });
});

test("with the list on, only who is on it may be paid, and a new one rests first", () => {
  const at = (hours: number) => new Date(now.getTime() + hours * HOUR);
  const listed = (recipient: string, usableFrom: Date) => ({ recipient, label: "", addedAt: at(-24), usableFrom });
  const recipients = [listed("old", at(-1)), listed("just", now), listed("new", at(1))];
  const policy = { recipientsOnly: true, recipients };
  const code = (recipient: string) => judged(policy, { amounts: [usdc(1n)], recipient })?.code ?? null;
  assert.equal(code("old"), null);
  assert.equal(code("just"), null);
  assert.equal(code("new"), "recipient_on_hold");
  assert.equal(code("else"), "recipient_not_allowed");
  for (const lookalike of ["OLD", "old ", "", "оld"]) assert.equal(code(lookalike), "recipient_not_allowed");
  assert.deepEqual(judged(policy, { amounts: [], recipient: "new" })?.details, { usableFrom: at(1).toISOString() });
  // What stays the person's own goes to nobody.
  assert.equal(judged(policy, { amounts: [usdc(1n)] }), null);
  assert.equal(judged({ recipients }, { amounts: [usdc(1n)], recipient: "new" }), null);
});

// What follows holds for any policy and any spend.

const assets = ["usd", "USDC", "SOL"] as const;
const decimalNumber = fc.tuple(fc.nat(500), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`);
const amount = fc.record({
  asset: fc.constantFrom(...assets),
  amount: fc.bigInt({ min: 0n, max: 60_000n }),
  decimals: fc.constantFrom(2, 3, 6),
});
const spend: fc.Arbitrary<Spend> = fc.record({ amounts: fc.array(amount, { maxLength: 4 }) });
const cap: fc.Arbitrary<Cap> = fc.record({
  asset: fc.constantFrom(...assets, "usdc"),
  perTransaction: fc.option(decimalNumber),
  rolling: fc.option(fc.record({ amount: decimalNumber, hours: fc.constantFrom(1, 24, 168) })),
});
const caps = fc.array(cap, { maxLength: 4 });

/** What happens to a row of spends: each is reserved, and later spent, released, or neither; time goes on in between. */
const story = fc.array(
  fc.record({ spend, hours: fc.nat(30), end: fc.constantFrom("spent", "released", "open"), after: fc.nat(40) }),
  { minLength: 1, maxLength: 30 },
);

interface Held {
  readonly measures: ReadonlyMap<string, Quantity>;
  readonly at: number;
  readonly ends: number;
  readonly end: "spent" | "released" | "open";
}

/** What counts in a window at a time: all that is not settled, and what was spent within it. */
function counted(held: readonly Held[], asset: string, hours: number, at: number): Quantity {
  const counts = ({ ends, end }: Held): boolean =>
    end === "open" || ends > at || (end === "spent" && ends > at - hours * HOUR);
  return held.filter(counts).reduce((sum, { measures }) => addQuantities(sum, measures.get(asset) ?? nothing), nothing);
}

const countedIn = (held: readonly Held[], policy: SpendPolicy, at: number): Spent[] =>
  windowsOf(policy).map((window) => ({ ...window, ...counted(held, window.asset, window.hours, at) }));

test("whatever is reserved, spent and released in whatever order, no window ever holds more than its cap", () => {
  fc.assert(
    fc.property(caps, caps, story, (own, serverCaps, steps) => {
      const policy = { ...open, caps: own, serverCaps };
      const held: Held[] = [];
      let at = now.getTime();
      for (const step of steps) {
        at += step.hours * HOUR;
        if (judgeSpend(policy, countedIn(held, policy, at), step.spend, new Date(at)) === null)
          held.push({ measures: measuresOf(step.spend), at, ends: at + step.after * HOUR, end: step.end });
        for (const { asset, rolling: window } of [...own, ...serverCaps]) {
          if (window === null) continue;
          const limit = parseDecimal(window.amount) ?? assert.fail("a cap is a decimal number");
          assert.ok(!isMore(counted(held, assetKey(asset), window.hours, at), limit), decimalText(limit));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("whenever between its two ends each spend happened, no span of the cap's hours holds more than the cap", () => {
  const tight = fc.array(
    fc.record({
      cents: fc.integer({ min: 1, max: 60 }),
      hours: fc.nat(12),
      lasts: fc.nat(40),
      when: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(tight, (steps) => {
      const policy = { ...open, caps: [rolling("usd", "1", 24)] };
      const held: Held[] = [];
      const happened: { readonly at: number; readonly cents: number }[] = [];
      let at = now.getTime();
      for (const { cents, hours, lasts, when } of steps) {
        at += hours * HOUR;
        const asked = { amounts: [usd(BigInt(cents))] };
        if (judgeSpend(policy, countedIn(held, policy, at), asked, new Date(at)) !== null) continue;
        held.push({ measures: measuresOf(asked), at, ends: at + lasts * HOUR, end: "spent" });
        happened.push({ at: at + when * lasts * HOUR, cents });
      }
      for (const last of happened) {
        const within = happened.filter((one) => one.at <= last.at && one.at > last.at - 24 * HOUR);
        assert.ok(within.reduce((sum, { cents }) => sum + cents, 0) <= 100);
      }
    }),
    { numRuns: 500 },
  );
});

test("releasing frees exactly what was reserved", () => {
  fc.assert(
    fc.property(caps, fc.array(spend, { maxLength: 6 }), spend, spend, (own, before, released, next) => {
      const policy = { ...open, caps: own };
      const hold = (one: Spend, end: Held["end"]): Held => ({ measures: measuresOf(one), at: 0, ends: 0, end });
      const held = before.map((one) => hold(one, "open"));
      const at = now.getTime();
      const without = judgeSpend(policy, countedIn(held, policy, at), next, now)?.message;
      const withIt = countedIn([...held, hold(released, "released")], policy, at);
      assert.equal(judgeSpend(policy, withIt, next, now)?.message, without);
    }),
  );
});

test("a further cap, whoever's it is, never allows what was refused", () => {
  fc.assert(
    fc.property(
      caps,
      caps,
      cap,
      fc.boolean(),
      fc.array(spend, { maxLength: 6 }),
      spend,
      (own, serverCaps, one, mine, before, asked) => {
        const less = { ...open, caps: own, serverCaps };
        const more = mine ? { ...less, caps: [...own, one] } : { ...less, serverCaps: [...serverCaps, one] };
        const held = before.map((each): Held => ({ measures: measuresOf(each), at: 0, ends: 0, end: "open" }));
        const allowed = (policy: SpendPolicy) =>
          judgeSpend(policy, countedIn(held, policy, now.getTime()), asked, now) === null;
        assert.ok(!allowed(more) || allowed(less));
      },
    ),
    { numRuns: 500 },
  );
});

test("more of anything is never allowed where less is refused", () => {
  fc.assert(
    fc.property(caps, spend, fc.nat(3), fc.bigInt({ min: 0n, max: 10_000n }), (own, asked, at, extra) => {
      const larger = {
        amounts: asked.amounts.map((one, index) => (index === at ? { ...one, amount: one.amount + extra } : one)),
      };
      const allowed = (one: Spend) => judgeSpend({ ...open, caps: own }, [], one, now) === null;
      assert.ok(!allowed(larger) || allowed(asked));
    }),
  );
});

/** A person's own caps name each asset once. */
const ownCaps = fc.uniqueArray(cap, { maxLength: 3, selector: ({ asset }) => assetKey(asset) });
const small = fc.tuple(fc.nat(9), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`);
/** Each cap as it was, stricter, laxer, otherwise, or gone. */
const changed = (before: readonly Cap[]): fc.Arbitrary<readonly Cap[]> =>
  fc
    .tuple(
      ...before.map((one) =>
        fc.oneof(
          { weight: 4, arbitrary: fc.constant<Cap | null>(one) },
          small.map((perTransaction): Cap => ({ ...one, perTransaction })),
          fc
            .tuple(small, fc.constantFrom(1, 24, 168))
            .map(([sum, hours]): Cap => ({ ...one, rolling: { amount: sum, hours } })),
          cap.map((other): Cap => ({ ...other, asset: one.asset })),
          fc.constant(null),
        ),
      ),
    )
    .map((list) => list.filter((one) => one !== null));

test("a change of caps that needs no proof lets nothing through that was refused before", () => {
  let kept = 0;
  const past = fc.array(fc.record({ spend, ago: fc.nat(200) }), { maxLength: 6 });
  const both = ownCaps.chain((before) => fc.tuple(fc.constant(before), changed(before)));
  fc.assert(
    fc.property(both, past, spend, ([before, after], spends, asked) => {
      if (loosensCaps(before, after)) return;
      const at = now.getTime();
      const held = spends.map(({ spend: one, ago }): Held => {
        const ends = at - ago * HOUR;
        return { measures: measuresOf(one), at: ends, ends, end: "spent" };
      });
      const allowed = (own: readonly Cap[]) => {
        const policy = { ...open, caps: own };
        return judgeSpend(policy, countedIn(held, policy, at), asked, now) === null;
      };
      assert.ok(!allowed(after) || allowed(before));
      if (!allowed(before)) kept += 1;
    }),
    { numRuns: 3000 },
  );
  assert.ok(kept > 50, `only ${kept} of them were refused before`);
});

test("what takes a limit away is told from what makes it stricter", () => {
  const day = rolling("usd", "100", 24);
  const loosens: readonly (readonly [readonly Cap[], readonly Cap[]])[] = [
    [[day], []],
    [[day], [rolling("usd", "100.01", 24)]],
    // Sixty in each twelve hours may be more than a hundred in a day.
    [[day], [rolling("usd", "60", 12)]],
    [[day], [once("usd", "1")]],
    [[day], [rolling("SOL", "1", 24)]],
    [[once("usd", "5")], [once("usd", "5.000001")]],
    [[once("usd", "5")], [rolling("usd", "6", 24)]],
    [[{ ...day, perTransaction: "5" }], [day]],
  ];
  for (const [before, after] of loosens) assert.ok(loosensCaps(before, after), JSON.stringify([before, after]));
  const holds: readonly (readonly [readonly Cap[], readonly Cap[]])[] = [
    [[], []],
    [[], [day]],
    [[day], [day, once("SOL", "1")]],
    [[day], [rolling("USD", "99", 24)]],
    [[day], [rolling("usd", "100.00", 168)]],
    [[day], [{ ...day, perTransaction: "1000" }]],
    [[once("usd", "5")], [rolling("usd", "5", 1)]],
  ];
  for (const [before, after] of holds) assert.ok(!loosensCaps(before, after), JSON.stringify([before, after]));
});
