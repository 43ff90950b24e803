import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { openEntitlements } from "../../src/accounts/entitlements.ts";
import { createCallLimits } from "../../src/adapters/limits/call-limits.ts";
import { withToolTiers } from "../../src/app/tool-tiers.ts";
import { parseConfig } from "../../src/config/config.ts";
import type { Database } from "../../src/database/handle.ts";
import type { CallResult } from "../../src/kernel/call.ts";
import { effectiveScopes } from "../../src/kernel/scopes.ts";
import { eachEngine } from "../database.ts";
import { fixtureToolset, newOutside } from "./fixture.ts";
import { openDoorHouse, outcomesOf, tables, wordsOf } from "./house.ts";

const TIERS = [
  { name: "free", title: "Free", callsPerMinute: 8, perDay: { note: 2 } },
  { name: "pro", title: "Pro", callsPerMinute: 0 },
];

/** In the middle of a minute and of a day. */
const NOON = new Date("2026-11-20T12:00:30Z");

/** A door at which tiers are asked for, as the settings say them. */
async function open(t: TestContext, database: Database) {
  const clock = (): Date => NOON;
  const { plans, callsPerMinute } = parseConfig({
    BELLHOP_TIERS: JSON.stringify(TIERS),
    BELLHOP_TOOL_TIERS: "slow_read=pro,asked_note=pro",
    BELLHOP_UPGRADE_URL: "https://shop.example/plans",
  }).config;
  const entitlements = await openEntitlements({ database, clock, ...plans });
  const limits = createCallLimits({ query: database.query, clock, perMinute: callsPerMinute, report: assert.ifError });
  const house = await openDoorHouse(database, {
    toolsets: withToolTiers([fixtureToolset(newOutside())], plans),
    now: clock,
    bought: { limits, entitlementOf: entitlements.entitlementOf },
  });
  t.after(async () => {
    limits.close();
    await house.close();
  });
  const buy = async (userId: string, tier: string): Promise<void> => {
    await database.transaction((handle) => entitlements.plans.set(handle, { userId, tier, until: null }, clock()));
  };
  return { ...house, entitlements, buy };
}

const codeOf = (result: CallResult): string => (result.ok ? "ok" : result.error.code);

eachEngine("the door asks what people have bought", tables, async (t, database) => {
  await t.test(
    "a tool of a higher tier is refused with the link, leaves a receipt, and runs once the tier is there",
    async (st) => {
      const h = await open(st, database);
      const ana = await h.person();
      const refused = await h.call(ana, "slow_read", { word: "x" });
      assert.ok(!refused.ok);
      assert.equal(refused.error.message, "Slow read needs Pro; you have Free.");
      assert.deepEqual(refused.error.details, { tier: "pro", upgradeUrl: "https://shop.example/plans" });
      assert.deepEqual(await outcomesOf(h, ana), ["slow_read refused upgrade_required"]);
      await h.buy(ana, "pro");
      assert.equal(codeOf(await h.call(ana, "slow_read", { word: "x" })), "ok");
      await h.buy(ana, "free");
      assert.equal(codeOf(await h.call(ana, "slow_read", { word: "x" })), "upgrade_required");
    },
  );

  await t.test("nobody is asked to approve what they have not bought", async (st) => {
    const h = await open(st, database);
    const ana = await h.person();
    assert.equal(codeOf(await h.call(ana, "asked_note", { word: "x" })), "upgrade_required");
    assert.deepEqual(await outcomesOf(h, ana), ["asked_note refused upgrade_required"]);
    await h.buy(ana, "pro");
    assert.equal(h.pendingOf(await h.call(ana, "asked_note", { word: "x" })).kind, "approval");
  });

  await t.test(
    "a quota counts what passes: no call without the scope, none with bad arguments, none sent again",
    async (st) => {
      const h = await open(st, database);
      const ana = await h.person();
      const principal = {
        userId: ana,
        clientId: "test",
        clientName: "Test",
        grantId: null,
        scopes: effectiveScopes(["read"]),
        channel: "mcp",
        paused: false,
      } as const;
      assert.equal(codeOf(await h.call(ana, "note", { word: "x" }, { principal })), "insufficient_scope");
      assert.equal(codeOf(await h.call(ana, "note", { word: 7 })), "invalid_input");
      for (let sent = 0; sent < 3; sent += 1)
        assert.equal(codeOf(await h.call(ana, "note", { word: "first" }, { key: "operation-1" })), "ok");
      assert.equal((await h.entitlements.usedOn(ana, NOON)).get("note"), 1);
      assert.equal(codeOf(await h.call(ana, "note", { word: "second" })), "ok");
      const third = await h.call(ana, "note", { word: "third" });
      assert.ok(!third.ok && third.error.code === "quota_exhausted");
      assert.equal(third.error.details["retryAt"], "2026-11-21T00:00:00.000Z");
      assert.deepEqual((await wordsOf(h)).toSorted(), ["first", "second"]);
      assert.equal((await h.entitlements.usedOn(ana, NOON)).get("note"), 2);
    },
  );

  await t.test("each tier has its own rate, and a higher one holds at once", async (st) => {
    const h = await open(st, database);
    const ana = await h.person();
    const calls = (count: number) =>
      Promise.all(Array.from({ length: count }, async () => codeOf(await h.call(ana, "report", { word: "x" }))));
    const free = await calls(10);
    assert.equal(free.filter((code) => code === "ok").length, 8);
    assert.equal(free.filter((code) => code === "rate_limited").length, 2);
    await h.buy(ana, "pro");
    // More than the smaller tier has in a minute, and together with those before no more jobs than may wait.
    assert.deepEqual(new Set(await calls(12)), new Set(["ok"]));
  });
});
