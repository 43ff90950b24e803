import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { eachEngine } from "../../test/database.ts";
import { setClock } from "../../test/accounts/server.ts";
import type { Database } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import {
  nothingBought,
  standingAt,
  subscriptionStatuses,
  type SubscriptionStatus,
  type Tiers,
} from "../kernel/tiers.ts";
import { entitlementData } from "./entitlement-data.ts";
import { type Entitlements, openEntitlements } from "./entitlements.ts";
import { migrations } from "./migrations/index.ts";
import { grantBundle } from "./records/bundles.ts";
import { findStandings } from "./records/standings.ts";
import { findSubscription, listSubscriptionChanges, saveSubscription } from "./records/subscriptions.ts";
import { deleteUser, signInUser } from "./records/users.ts";

const TIERS: Tiers = [
  { name: "free", title: "Free", callsPerMinute: 60, perDay: { echo: 10 }, bundles: [] },
  { name: "pro", title: "Pro", callsPerMinute: 0, perDay: { echo: 100 }, bundles: ["signals"] },
];
const DAY = 86_400;
const echo = { name: "echo", title: "Echo" };
const signals = { name: "signals", title: "Signals", tier: "pro", bundle: "signals" };

const rateOf = async (of: Entitlements, userId: string, now: Date): Promise<number> =>
  (await of.entitlementOf(userId, now)).callsPerMinute;

const take = async (of: Entitlements, tool: typeof echo, userId: string, now: Date): Promise<void> =>
  (await of.entitlementOf(userId, now)).take(tool);

async function open(database: Database) {
  const clock = setClock();
  const entitlements = await openEntitlements({
    database,
    clock,
    tiers: TIERS,
    upgradeUrl: "https://shop.example/plans",
    billingSecrets: [],
  });
  const person = (): Promise<string> => {
    const subject = `${randomUUID()}@example.com`;
    return database.transaction((handle) => signInUser(handle, { issuer: "email", subject, label: subject }, clock()));
  };
  const write = (userId: string, periodEnd: Date | null, status: SubscriptionStatus = "active") => {
    const row = { userId, tier: "pro", status, periodEnd, provider: "billing", asOf: clock(), payment: null };
    return saveSubscription(database.handle, row, clock());
  };
  const subscribe = async (...args: Parameters<typeof write>) => {
    await write(...args);
    entitlements.changed(args[0]);
  };
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "passed",
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );
  return { clock, entitlements, person, write, subscribe, codeOf };
}

const inDays = (now: Date, days: number): Date => new Date(now.getTime() + days * DAY * 1000);

/** The tier that SQL sees, by the database's own time. */
const profileOf = async (database: Database, userId: string) =>
  (
    await sql<{ id: string; supabase_user_id: string; tier: string; tier_until: Date | null }>`
      select id, supabase_user_id, tier, tier_until from profiles where id = ${userId}`.execute(database.handle)
  ).rows[0];

eachEngine("what people have bought", migrations, async (t, database) => {
  const { clock, entitlements, person, subscribe, codeOf } = await open(database);

  await t.test(
    "pro-expiry: a tier ends by itself, at its time, though nothing runs and nothing is written",
    async () => {
      const ana = await person();
      await subscribe(ana, inDays(clock(), 30));
      const passes = () => codeOf(take(entitlements, signals, ana, clock()));
      assert.equal(await passes(), "passed");
      assert.equal(await rateOf(entitlements, ana, clock()), 0);
      clock.pass(30 * DAY - 1);
      assert.equal(await passes(), "passed");
      clock.pass(1);
      assert.equal(await passes(), "upgrade_required");
      assert.equal(await rateOf(entitlements, ana, clock()), 60);
      assert.equal((await findSubscription(database.handle, ana))?.status, "active", "nobody wrote the end");
    },
  );

  await t.test("a tier that ends within a second that is kept in memory ends at its time all the same", async () => {
    const ana = await person();
    await subscribe(ana, new Date(clock().getTime() + 400));
    clock.pass(-60);
    clock.pass(60);
    assert.equal(await codeOf(entitlements.requireTool(signals, { userId: ana }, clock())), "passed");
    clock.pass(0.4);
    assert.equal(await codeOf(entitlements.requireTool(signals, { userId: ana }, clock())), "upgrade_required");
  });

  await t.test("profiles.tier is a look at the subscription, and agrees with the kernel in every case", async () => {
    const real = new Date();
    const ends = [null, inDays(real, -1), inDays(real, 1)];
    for (const status of subscriptionStatuses)
      for (const periodEnd of ends) {
        const one = await person();
        await subscribe(one, periodEnd, status);
        const kept = (await findStandings(database.handle, [one])).get(one) ?? nothingBought;
        const { tier, until } = standingAt(kept, TIERS, real);
        const seen = await profileOf(database, one);
        assert.deepEqual(
          [seen?.supabase_user_id, seen?.tier, seen?.tier_until?.getTime()],
          [one, tier.name, until?.getTime()],
          `${status} ${periodEnd?.toISOString()}`,
        );
      }
    const nobodys = await person();
    assert.equal((await profileOf(database, nobodys))?.tier, "free");
    await assert.rejects(
      database.query("update profiles set tier = 'pro' where id = $1", [nobodys]),
      "nothing writes it",
    );
  });

  await t.test("a tier that is no longer sold counts as the lowest, in both places", async () => {
    const ana = await person();
    const row = { userId: ana, tier: "gold", status: "active", periodEnd: null, provider: "billing" } as const;
    await saveSubscription(database.handle, { ...row, asOf: clock(), payment: null }, clock());
    entitlements.changed(ana);
    assert.equal((await entitlements.standingOf(ana, clock())).tier.name, "free");
    assert.equal((await profileOf(database, ana))?.tier, "free");
  });

  await t.test("what is older never replaces what is newer, and every change stays", async () => {
    const ana = await person();
    const say = (status: SubscriptionStatus, minutes: number) =>
      saveSubscription(
        database.handle,
        {
          userId: ana,
          tier: "pro",
          status,
          periodEnd: null,
          provider: "billing",
          asOf: new Date(clock().getTime() + minutes * 60_000),
          payment: status === "active" ? { reference: `invoice-${minutes}`, payload: { amount: "9.00" } } : null,
        },
        clock(),
      );
    assert.deepEqual([await say("active", 2), await say("past_due", 1), await say("canceled", 3)], [true, false, true]);
    const held = await findSubscription(database.handle, ana);
    assert.deepEqual(
      [held?.status, held?.lastPaymentReference, held?.paymentPayload],
      ["canceled", "invoice-2", { amount: "9.00" }],
      "the last payment stays known",
    );
    const changes = await listSubscriptionChanges(database.handle, ana, 10);
    assert.deepEqual(changes.map(({ status }) => status).toSorted(), ["active", "canceled"]);
  });

  await t.test("a bundle of one's own lets pass beside the tier, until it ends", async () => {
    const ana = await person();
    const reports = { name: "reports", title: "Reports", bundle: "signals" };
    assert.equal(await codeOf(entitlements.requireTool(reports, { userId: ana }, clock())), "upgrade_required");
    const until = inDays(clock(), 1);
    await grantBundle(database.handle, { userId: ana, bundle: "signals", until, by: "operator" }, clock());
    entitlements.changed(ana);
    assert.equal(await codeOf(entitlements.requireTool(reports, { userId: ana }, clock())), "passed");
    assert.equal(
      await codeOf(entitlements.requireTool(signals, { userId: ana }, clock())),
      "upgrade_required",
      "a tier is another thing",
    );
    clock.pass(DAY);
    assert.equal(await codeOf(entitlements.requireTool(reports, { userId: ana }, clock())), "upgrade_required");
  });

  await t.test("of 50 callers at once with a quota of 10, exactly 10 pass, over two processes", async () => {
    const ana = await person();
    const other = await openEntitlements({
      database,
      clock,
      tiers: TIERS,
      upgradeUrl: "https://x.example",
      billingSecrets: [],
    });
    const callers = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? entitlements : other));
    const codes = await Promise.all(callers.map((at) => codeOf(take(at, echo, ana, clock()))));
    assert.equal(codes.filter((code) => code === "passed").length, 10);
    assert.equal(codes.filter((code) => code === "quota_exhausted").length, 40);
    assert.equal((await entitlements.usedOn(ana, clock())).get("echo"), 10, "who is refused is not counted");
    assert.equal(await codeOf(take(entitlements, { name: "free-for-all", title: "x" }, ana, clock())), "passed");
    const ben = await person();
    assert.equal(await codeOf(take(entitlements, echo, ben, clock())), "passed", "each person has their own");
    clock.pass(DAY);
    assert.equal(await codeOf(take(entitlements, echo, ana, clock())), "passed", "the next day begins anew");
  });

  await t.test("a call that came to nothing is given back, and more is never given back than was taken", async () => {
    const ana = await person();
    const { take: takeOne, giveBack } = await entitlements.entitlementOf(ana, clock());
    await takeOne(echo);
    for (let times = 0; times < 3; times += 1) await giveBack(echo);
    assert.equal((await entitlements.usedOn(ana, clock())).get("echo"), 0);
  });

  await t.test("is exported, and goes with the person", async () => {
    const ana = await person();
    await subscribe(ana, inDays(clock(), 30));
    await grantBundle(database.handle, { userId: ana, bundle: "labs", until: null, by: "operator" }, clock());
    await take(entitlements, echo, ana, clock());
    const exported = await entitlementData.exportOf(database.handle, ana);
    const text = JSON.stringify(exported);
    for (const part of [/"tier":"pro"/, /"bundle":"labs"/, /"tool":"echo","used":1/, /"provider":"billing"/])
      assert.match(text, part);
    await database.transaction((handle) => deleteUser(handle, ana));
    for (const table of ["user_subscriptions", "subscription_changes", "user_bundles", "usage_counters"])
      assert.deepEqual((await database.query(`select 1 from ${table} where user_id = $1`, [ana])).rows, [], table);
  });

  await t.test("counters of days long past are swept", async () => {
    const ana = await person();
    await take(entitlements, echo, ana, clock());
    clock.pass(29 * DAY);
    await entitlements.sweep();
    const left = async () =>
      (await database.query("select 1 from usage_counters where user_id = $1", [ana])).rows.length;
    assert.equal(await left(), 1);
    clock.pass(2 * DAY);
    await entitlements.sweep();
    assert.equal(await left(), 0);
  });
});

eachEngine("who writes while their person is erased", migrations, async (_t, database) => {
  const { clock, entitlements, person } = await open(database);
  const people = await Promise.all(Array.from({ length: 8 }, () => person()));
  const set = (userId: string) =>
    database.transaction((handle) => entitlements.plans.set(handle, { userId, tier: "pro", until: null }, clock()));
  const ends = await Promise.allSettled(
    people.flatMap((userId) => [
      set(userId),
      database.transaction((handle) => deleteUser(handle, userId)),
      set(userId),
    ]),
  );
  for (const end of ends)
    if (end.status === "rejected")
      assert.equal(end.reason instanceof AppError && end.reason.code, "not_found", String(end.reason));
  assert.deepEqual((await database.query("select 1 from user_subscriptions", [])).rows, []);
});

/** The room, and how many questions it asked of the database. */
async function watched(real: Database) {
  const asked: number[] = [];
  const handle = real.handle.withPlugin({
    transformQuery({ node }) {
      asked.push(1);
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const ask: Database["ask"] = (...of) => {
    asked.push(1);
    return real.ask(...of);
  };
  const rest = await open({ ...real, handle, ask });
  const ana = await rest.person();
  return { ...rest, asked, ana };
}

eachEngine("what is kept of people in memory", migrations, async (t, real) => {
  await t.test(
    "is asked for once a second, however many calls there are, and for all who ask at once together",
    async () => {
      const { entitlements, clock, asked, ana, person } = await watched(real);
      const others = await Promise.all(Array.from({ length: 5 }, () => person()));
      asked.length = 0;
      await Promise.all([ana, ...others].map((userId) => rateOf(entitlements, userId, clock())));
      assert.ok(asked.length <= 2, `${asked.length} questions for six people`);
      for (let call = 0; call < 100; call += 1) await entitlements.requireTool(echo, { userId: ana }, clock());
      assert.ok(asked.length <= 2);
      clock.pass(1);
      await rateOf(entitlements, ana, clock());
      assert.ok(asked.length <= 3 && asked.length >= 2);
    },
  );

  await t.test("is at most a second behind another process", async () => {
    const { entitlements, clock, ana } = await watched(real);
    const other = await openEntitlements({
      database: real,
      clock,
      tiers: TIERS,
      upgradeUrl: "https://x.example",
      billingSecrets: [],
    });
    assert.equal(await rateOf(entitlements, ana, clock()), 60);
    await real.transaction((handle) => other.plans.set(handle, { userId: ana, tier: "pro", until: null }, clock()));
    assert.equal(await rateOf(other, ana, clock()), 0, "at once where it was written");
    clock.pass(1);
    assert.equal(await rateOf(entitlements, ana, clock()), 0);
  });

  await t.test("is not kept while a change of this process may still be committed", async () => {
    const { entitlements, clock, ana } = await watched(real);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: written, resolve: told } = Promise.withResolvers<void>();
    const changing = real.transaction(async (handle) => {
      await entitlements.plans.set(handle, { userId: ana, tier: "pro", until: null }, clock());
      told();
      await held;
    });
    await written;
    // On PostgreSQL it is answered while the change is not committed; the embedded database has one at a time.
    const during = rateOf(entitlements, ana, clock());
    if (real.engine === "postgres") await during;
    release();
    await changing;
    assert.equal(await during, real.engine === "postgres" ? 60 : 0);
    assert.equal(await rateOf(entitlements, ana, clock()), 0);
  });

  await t.test("holds no answer to a question that was asked before a change", async () => {
    const { entitlements, clock, ana, write } = await watched(real);
    const before = rateOf(entitlements, ana, clock());
    entitlements.changed(ana);
    assert.equal(await before, 60);
    await write(ana, null);
    assert.equal(await rateOf(entitlements, ana, clock()), 0);
  });
});
