import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { lackOf, needsOf, nextDay, perDayOf, quotaExhausted, requireEntitlement } from "./entitlement.ts";
import { AppError } from "./errors.ts";
import { bundlesUpTo, isLive, rankOf, standingAt, subscriptionStatuses, type Tier, type Tiers } from "./tiers.ts";

const NAMES = ["free", "plus", "pro", "team"] as const;
const BUNDLES = ["signals", "reports", "labs"] as const;
const NOW = new Date("2026-11-20T09:30:00.000Z");
const UPGRADE = "https://shop.example/plans";

const tierNamed = (name: string, bundles: readonly string[]): Tier => ({
  name,
  title: name.toUpperCase(),
  callsPerMinute: 60,
  perDay: {},
  bundles,
});

const someBundles = fc.subarray([...BUNDLES]);
const tiersOf = fc.array(someBundles, { minLength: 1, maxLength: NAMES.length }).map((all): Tiers => {
  const [first, ...others] = all.map((bundles, rank) => tierNamed(NAMES[rank] ?? "", bundles));
  return first === undefined ? assert.fail() : [first, ...others];
});
const tool = fc.record({
  title: fc.constant("Read signals"),
  tier: fc.option(fc.constantFrom(...NAMES, "gone"), { nil: undefined }),
  bundle: fc.option(fc.constantFrom(...BUNDLES, "unheard"), { nil: undefined }),
});
/** A tool without the members that it does not have. */
const factsOf = ({ title, tier, bundle }: { title: string; tier: string | undefined; bundle: string | undefined }) => ({
  title,
  ...(tier === undefined ? {} : { tier }),
  ...(bundle === undefined ? {} : { bundle }),
});
const moment = fc.integer({ min: -100_000, max: 100_000 }).map((ms) => new Date(NOW.getTime() + ms));
const end = fc.option(moment, { nil: null });
const kept = fc.record({
  subscription: fc.option(
    fc.record({
      tier: fc.constantFrom(...NAMES, "gone"),
      status: fc.constantFrom(...subscriptionStatuses),
      periodEnd: end,
    }),
    { nil: null },
  ),
  bundles: fc.array(fc.record({ bundle: fc.constantFrom(...BUNDLES), until: end }), { maxLength: 3 }),
});

const refusalOf = (work: () => void): AppError | null => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof AppError ? error : assert.fail(String(error));
  }
};

describe("what a person has", () => {
  it("is never more than what is sold, and never the name of a tier that is not", () => {
    fc.assert(
      fc.property(tiersOf, kept, (tiers, held) => {
        const { tier, until } = standingAt(held, tiers, NOW);
        assert.ok(tiers.includes(tier));
        if (tier !== tiers[0]) assert.ok(held.subscription && isLive(held.subscription, NOW));
        if (until !== null) assert.ok(until > NOW);
      }),
    );
  });

  it("ends at the very millisecond, and at no other", () => {
    const tiers: Tiers = [tierNamed("free", []), tierNamed("pro", ["signals"])];
    fc.assert(
      fc.property(moment, moment, fc.constantFrom(...subscriptionStatuses), (periodEnd, now, status) => {
        const bundles = [{ bundle: "labs", until: periodEnd }];
        const standing = standingAt({ subscription: { tier: "pro", status, periodEnd }, bundles }, tiers, now);
        const holds = now.getTime() < periodEnd.getTime();
        assert.equal(standing.tier.name, holds && status !== "expired" ? "pro" : "free");
        assert.equal(standing.bundles.has("labs"), holds);
      }),
    );
  });

  it("without an end holds for good while it is paid or on trial, and else not at all", () => {
    const holds = (status: (typeof subscriptionStatuses)[number]) =>
      isLive({ tier: "pro", status, periodEnd: null }, NOW);
    assert.deepEqual(subscriptionStatuses.filter(holds), ["active", "trialing"]);
  });

  it("holds the bundles of every tier below", () => {
    fc.assert(
      fc.property(tiersOf, (tiers) => {
        for (const rank of tiers.keys())
          for (const bundle of bundlesUpTo(tiers, rank - 1)) assert.ok(bundlesUpTo(tiers, rank).has(bundle));
      }),
    );
  });
});

describe("whether a person has a tool", () => {
  const given = fc.tuple(tiersOf, tool.map(factsOf), kept);

  it("is decided by rank and bundle alone", () => {
    fc.assert(
      fc.property(given, ([tiers, facts, held]) => {
        const standing = standingAt(held, tiers, NOW);
        const needed = facts.tier === undefined ? 0 : rankOf(tiers, facts.tier);
        const passes =
          needed >= 0 &&
          rankOf(tiers, standing.tier.name) >= needed &&
          (facts.bundle === undefined || standing.bundles.has(facts.bundle));
        assert.equal(refusalOf(() => requireEntitlement(facts, standing, tiers, UPGRADE)) === null, passes);
        assert.equal(needsOf(facts, standing, tiers) === null, passes);
      }),
    );
  });

  it("is upgrade_required only with a tier that then lets them pass, and with no lower one that does", () => {
    fc.assert(
      fc.property(given, ([tiers, facts, held]) => {
        const lack = lackOf(facts, standingAt(held, tiers, NOW), tiers);
        if (lack?.kind !== "tier") return;
        const with_ = (name: string) =>
          standingAt({ ...held, subscription: { tier: name, status: "active", periodEnd: null } }, tiers, NOW);
        assert.equal(lackOf(facts, with_(lack.tier.name), tiers), null);
        for (const lower of tiers.slice(0, rankOf(tiers, lack.tier.name)))
          assert.notEqual(lackOf(facts, with_(lower.name), tiers), null, lower.name);
      }),
    );
  });

  it("is tool_not_allowed exactly where no tier that is sold holds it", () => {
    fc.assert(
      fc.property(given, ([tiers, facts, held]) => {
        const refusal = refusalOf(() => requireEntitlement(facts, standingAt(held, tiers, NOW), tiers, UPGRADE));
        if (refusal === null) return;
        const sold = tiers.some(({ name }) => {
          const buyer = { ...held, subscription: { tier: name, status: "active", periodEnd: null } } as const;
          return lackOf(facts, standingAt(buyer, tiers, NOW), tiers) === null;
        });
        assert.equal(refusal.code, sold ? "upgrade_required" : "tool_not_allowed");
      }),
    );
  });

  it("never falls with a higher tier", () => {
    fc.assert(
      fc.property(given, fc.nat(3), fc.nat(3), ([tiers, facts, held], one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)].map((rank) => tiers[rank % tiers.length]);
        if (!low || !high || rankOf(tiers, low.name) > rankOf(tiers, high.name)) return;
        const with_ = ({ name }: Tier) =>
          standingAt({ ...held, subscription: { tier: name, status: "active", periodEnd: null } }, tiers, NOW);
        if (lackOf(facts, with_(low), tiers) === null) assert.equal(lackOf(facts, with_(high), tiers), null);
      }),
    );
  });

  it("is told in the person's words, with what they have, what it needs, and where to get it", () => {
    const tiers: Tiers = [tierNamed("free", []), tierNamed("pro", [])];
    const nothing = standingAt({ subscription: null, bundles: [] }, tiers, NOW);
    const refusal = refusalOf(() => requireEntitlement({ title: "Signals", tier: "pro" }, nothing, tiers, UPGRADE));
    assert.ok(refusal);
    assert.equal(refusal.message, "Signals needs PRO; you have FREE.");
    assert.match(refusal.next, /https:\/\/shop\.example\/plans/);
    assert.deepEqual(refusal.details, { tier: "pro", upgradeUrl: UPGRADE });
  });
});

describe("a day's quota", () => {
  it("is what the tier says of the tool, whatever the tool is named", () => {
    const tier = { ...tierNamed("free", []), perDay: { echo: 3 } };
    assert.deepEqual(
      ["echo", "other", "toString", "__proto__"].map((name) => perDayOf(tier, name)),
      [3, null, null, null],
    );
  });

  it("begins anew at midnight UTC, later than any time of its day", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true }), (now) => {
        const ahead = nextDay(now).getTime() - now.getTime();
        assert.ok(ahead > 0 && ahead <= 86_400_000);
        assert.match(nextDay(now).toISOString(), /T00:00:00\.000Z$/);
      }),
    );
  });

  it("when it is used up says when to come back, and where to get more", () => {
    const { message, details } = quotaExhausted({ title: "Echo" }, tierNamed("free", []), 3, NOW, UPGRADE);
    assert.equal(message, "Echo was used 3 times today, which is all that FREE holds.");
    assert.deepEqual(details, { retryAfter: 52_200, retryAt: "2026-11-21T00:00:00.000Z", upgradeUrl: UPGRADE });
  });
});
