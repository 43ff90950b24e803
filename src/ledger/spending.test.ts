import assert from "node:assert/strict";
import { sql } from "kysely";
import fc from "fast-check";
import { until } from "../../test/bellhop.ts";
import { eachEngine } from "../../test/database.ts";
import { usersTable } from "../../test/toolsets/door.ts";
import type { Database } from "../database/handle.ts";
import type { Cap } from "../kernel/caps.ts";
import { after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { Json } from "../kernel/json.ts";
import { migration } from "./migrations/0027-ledger-spending.ts";
import { sumSpent } from "./records/reservations.ts";
import { reservationsData, spendingData } from "./spending-data.ts";
import { createSpending, type SpendingSettings } from "./spending.ts";

const now = new Date("2026-11-20T09:30:00.000Z");
const hours = (count: number): Date => after(now, count * 3600);
const settings: SpendingSettings = { caps: [], holdHours: 24, freshAboveUsd: "100" };
const spending = createSpending(settings);

const usd = (cents: number, recipient?: string) => ({
  amounts: [{ asset: "usd", amount: BigInt(cents), decimals: 2 }],
  ...(recipient === undefined ? {} : { recipient }),
});
const within = (amount: string, count: number): Cap => ({
  asset: "usd",
  perTransaction: null,
  rolling: { amount, hours: count },
});

/** Every row of a list that comes row by row. */
async function allOf(rows: Json | AsyncIterable<Json>): Promise<readonly Json[]> {
  assert.ok(typeof rows === "object" && rows !== null && Symbol.asyncIterator in rows);
  const all: Json[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** One database, and what a test does with it. */
function stage(database: Database) {
  const reserve = (id: string, userId: string, cents: number, at = now, by = spending, recipient?: string) =>
    database.transaction((handle) => by.reserve(handle, { id, userId, spend: usd(cents, recipient), now: at }));
  return {
    async person(): Promise<string> {
      const id = uuidv7(now);
      await sql`insert into users (id) values (${id})`.execute(database.handle);
      return id;
    },
    reserve,
    /** Why it is refused; null when it is reserved. */
    refusal: async (...args: Parameters<typeof reserve>): Promise<AppError | null> =>
      reserve(...args).then(
        () => null,
        (error: unknown) => (error instanceof AppError ? error : assert.fail(String(error))),
      ),
    async held(userId: string, at = now): Promise<string | undefined> {
      const view = await spending.view(database.handle, userId, at);
      return view.caps[0]?.rolling?.spent;
    },
  };
}

const migrations = [usersTable, migration];

eachEngine("what may be spent is reserved", migrations, async (t, database) => {
  const { handle } = database;
  const { person, reserve, refusal, held } = stage(database);

  await t.test("a person who set nothing is bound by nothing but the server's caps", async () => {
    const ana = await person();
    assert.deepEqual(await spending.policyOf(handle, ana), {
      version: 0,
      caps: [],
      serverCaps: [],
      recipientsOnly: false,
      recipients: [],
      holdHours: 24,
      freshAboveUsd: "100",
    });
    await reserve(uuidv7(now), ana, 1_000_000);
    assert.equal(await spending.policyVersion(handle, ana), 0);
    const strict = createSpending({ ...settings, caps: [within("10", 24)] });
    assert.match(
      (await refusal(uuidv7(now), ana, 1, now, strict))?.message ?? "",
      /^That would be 10000\.01 USD in 24 hours; the limit of this server is 10\.00\.$/,
    );
  });

  await t.test(
    "of 50 at once against a cap that holds ten, exactly ten pass; one that is released makes room",
    async () => {
      const ana = await person();
      await spending.setCaps(handle, ana, [within("100", 24)], now);
      const ids = Array.from({ length: 50 }, () => uuidv7(now));
      const refusals = await Promise.all(ids.map((id) => refusal(id, ana, 1_000)));
      const passed = ids.filter((_, index) => refusals[index] === null);
      assert.equal(passed.length, 10);
      for (const refused of refusals.filter((one) => one !== null)) assert.equal(refused.code, "spend_limit");
      assert.equal(await held(ana), "100");

      await spending.settle(handle, passed[0] ?? "", "released", now);
      assert.equal(await held(ana), "90");
      const again = await Promise.all(Array.from({ length: 10 }, () => refusal(uuidv7(now), ana, 1_000)));
      assert.equal(again.filter((one) => one === null).length, 1);
    },
  );

  await t.test("people do not count against each other", async () => {
    const [ana, ben] = [await person(), await person()];
    for (const one of [ana, ben]) await spending.setCaps(handle, one, [within("1", 1)], now);
    await reserve(uuidv7(now), ana, 100);
    assert.equal(await refusal(uuidv7(now), ben, 100), null);
    assert.equal((await refusal(uuidv7(now), ana, 1))?.code, "spend_limit");
  });

  await t.test("the same operation is counted once, however often it is opened", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [within("1", 1)], now);
    const id = uuidv7(now);
    for (let round = 0; round < 3; round += 1) await reserve(id, ana, 100);
    assert.equal(await held(ana), "1");
    await spending.settle(handle, id, "spent", now);
    await reserve(id, ana, 100);
    assert.equal(await held(ana), "1");
  });

  await t.test("what was released may be reserved again, and is judged again", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [within("1", 1)], now);
    const id = uuidv7(now);
    await reserve(id, ana, 100);
    await spending.settle(handle, id, "released", now);
    await reserve(id, ana, 100);
    assert.equal(await held(ana), "1");
    await spending.settle(handle, id, "released", now);
    await reserve(uuidv7(now), ana, 1);
    assert.equal((await refusal(id, ana, 100))?.code, "spend_limit");
  });

  await t.test("how it ended first is how it stays", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [within("5", 1)], now);
    const [one, other] = [uuidv7(now), uuidv7(now)];
    for (const id of [one, other]) await reserve(id, ana, 100);
    await spending.settle(handle, one, "spent", now);
    await spending.settle(handle, one, "released", now);
    await spending.settle(handle, other, "released", now);
    await spending.settle(handle, other, "spent", now);
    await spending.settle(handle, uuidv7(now), "spent", now);
    assert.equal(await held(ana), "1");
    assert.deepEqual(await sumSpent(handle, ana, hours(-1), hours(1)), [{ asset: "usd", amount: 100n, decimals: 2 }]);
  });

  await t.test(
    "what is spent counts for the cap's hours from its end; what nobody knows the end of counts on",
    async () => {
      const ana = await person();
      await spending.setCaps(handle, ana, [within("3", 24)], now);
      const [spent, unknown] = [uuidv7(now), uuidv7(now)];
      for (const id of [spent, unknown]) await reserve(id, ana, 100);
      await spending.settle(handle, spent, "spent", hours(2));
      assert.equal(await held(ana, hours(25.9)), "2");
      assert.equal(await held(ana, hours(26)), "1");
      assert.equal(await held(ana, hours(24 * 365)), "1");
    },
  );

  await t.test("a settlement by a clock that is behind ends nothing before it began", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [within("3", 1)], now);
    const id = uuidv7(now);
    await reserve(id, ana, 100);
    await spending.settle(handle, id, "spent", hours(-5));
    assert.equal(await held(ana), "1");
  });

  await t.test("a transaction that fails reserves nothing, and settles nothing", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [within("1", 1)], now);
    const id = uuidv7(now);
    const dies = (work: Parameters<typeof database.transaction>[0]) =>
      assert.rejects(
        database.transaction(async (own) => {
          await work(own);
          throw new Error("killed");
        }),
        /killed/,
      );
    await dies((own) => spending.reserve(own, { id, userId: ana, spend: usd(100), now }));
    assert.equal(await held(ana), "0");
    await reserve(id, ana, 100);
    await dies((own) => spending.settle(own, id, "released", now));
    assert.equal((await refusal(uuidv7(now), ana, 1))?.code, "spend_limit");
  });

  await t.test("a check says what a reservation would, and reserves nothing", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [within("1", 1)], now);
    for (let round = 0; round < 3; round += 1) await spending.check(handle, { userId: ana, spend: usd(100), now });
    await assert.rejects(spending.check(handle, { userId: ana, spend: usd(101), now }), { code: "spend_limit" });
    assert.equal(await held(ana), "0");
  });

  await t.test("amounts larger than any float keep every digit", async () => {
    const ana = await person();
    const amount = 123_456_789_012_345_678_901_234_567_890n;
    const id = uuidv7(now);
    const spend = { amounts: [{ asset: "wei", amount, decimals: 18 }] };
    await database.transaction((own) => spending.reserve(own, { id, userId: ana, spend, now }));
    await spending.settle(handle, id, "spent", now);
    assert.deepEqual(await sumSpent(handle, ana, hours(-1), hours(1)), [{ asset: "wei", amount, decimals: 18 }]);
  });

  await t.test("whatever is reserved, settled and left, the database counts as the rules do", async () => {
    const step = fc.record({
      cents: fc.integer({ min: 0, max: 90 }),
      wait: fc.integer({ min: 0, max: 5 }),
      settles: fc.option(fc.record({ which: fc.nat(20), as: fc.constantFrom("spent", "released") })),
    });
    const model = async (steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) => {
      const ana = await person();
      await spending.setCaps(handle, ana, [within("2", 6)], now);
      const rows: { id: string; cents: number; state: "reserved" | "spent" | "released"; settledAt: Date }[] = [];
      let at = now;
      for (const { cents, wait, settles } of steps) {
        at = after(at, wait * 3600);
        const live = rows.filter(
          ({ state, settledAt }) => state === "reserved" || (state === "spent" && settledAt > after(at, -6 * 3600)),
        );
        const sum = live.reduce((total, row) => total + row.cents, 0);
        const id = uuidv7(at);
        const refused = await refusal(id, ana, cents, at);
        assert.equal(refused === null, sum + cents <= 200, `${sum} and ${cents}`);
        if (refused === null) rows.push({ id, cents, state: "reserved", settledAt: at });
        const row = settles === null ? undefined : rows[settles.which % Math.max(1, rows.length)];
        if (row === undefined || settles === null) continue;
        await spending.settle(handle, row.id, settles.as, at);
        if (row.state === "reserved") Object.assign(row, { state: settles.as, settledAt: at });
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), model), { numRuns: 15 });
  });
});

eachEngine("what a person decides of their spending", migrations, async (t, database) => {
  const { handle } = database;
  const { person, reserve, refusal } = stage(database);

  await t.test("every change raises the version, and what changes nothing does not", async () => {
    const ana = await person();
    const caps = [within("100", 24), { asset: "SOL", perTransaction: "2", rolling: null }];
    assert.equal(await spending.setCaps(handle, ana, caps, now), 1);
    assert.equal(await spending.setCaps(handle, ana, caps, now), 1);
    assert.equal(await spending.setRecipientsOnly(handle, ana, true, now), 2);
    assert.equal(await spending.setRecipientsOnly(handle, ana, true, now), 2);
    assert.equal((await spending.addRecipient(handle, ana, { recipient: "r", label: "Rent" }, now)).version, 3);
    assert.equal((await spending.addRecipient(handle, ana, { recipient: "r", label: "The rent" }, now)).version, 3);
    assert.equal(await spending.removeRecipient(handle, ana, "r", now), 4);
    assert.equal(await spending.removeRecipient(handle, ana, "r", now), null);
    assert.equal(await spending.setCaps(handle, ana, [], now), 5);
    assert.equal(await spending.policyVersion(handle, ana), 5);
  });

  await t.test(
    "a new recipient rests; named anew it rests no longer, removed and added again it rests again",
    async () => {
      const ana = await person();
      const recipient = { recipient: "r", label: "Rent" };
      await spending.setRecipientsOnly(handle, ana, true, now);
      const pay = async (at: Date) => (await refusal(uuidv7(now), ana, 1, at, spending, "r"))?.code ?? null;
      assert.equal(await pay(now), "recipient_not_allowed");
      await spending.addRecipient(handle, ana, recipient, now);
      assert.equal(await pay(hours(23.9)), "recipient_on_hold");
      await spending.addRecipient(handle, ana, { ...recipient, label: "The rent" }, hours(23));
      assert.equal(await pay(hours(24)), null);
      await spending.removeRecipient(handle, ana, "r", hours(25));
      await spending.addRecipient(handle, ana, recipient, hours(26));
      assert.equal(await pay(hours(30)), "recipient_on_hold");
    },
  );

  await t.test("a cap that is set while others spend holds from the next one on", async () => {
    const ana = await person();
    const spends = Array.from({ length: 20 }, () => refusal(uuidv7(now), ana, 100));
    const set = database.transaction((own) => spending.setCaps(own, ana, [within("0.50", 1)], now));
    await Promise.all([...spends, set]);
    assert.equal((await refusal(uuidv7(now), ana, 51))?.code, "spend_limit");
    assert.equal(await spending.policyVersion(handle, ana), 1);
  });

  await t.test("a list ends somewhere", async () => {
    const ana = await person();
    await spending.setRecipientsOnly(handle, ana, true, now);
    await sql`
      insert into spend_recipients (user_id, recipient, label, added_at, usable_from)
      select ${ana}::uuid, n::text, '', ${now}::timestamptz, ${now}::timestamptz from generate_series(1, 500) n
    `.execute(handle);
    const add = (recipient: string) => spending.addRecipient(handle, ana, { recipient, label: "One" }, now);
    await assert.rejects(add("one more"), { code: "conflict" });
    assert.equal((await add("7")).version, 1);
  });

  await t.test("a person sees their caps with what counts, and those of the server", async () => {
    const ana = await person();
    const strict = createSpending({ ...settings, caps: [{ asset: "usd", perTransaction: "7", rolling: null }] });
    await strict.setCaps(handle, ana, [within("100", 24)], now);
    await strict.addRecipient(handle, ana, { recipient: "r", label: "Rent" }, now);
    assert.equal(await refusal(uuidv7(now), ana, 250, now, strict), null);
    assert.deepEqual(await strict.view(handle, ana, now), {
      version: 2,
      caps: [{ asset: "usd", perTransaction: null, rolling: { amount: "100", hours: 24, spent: "2.5" } }],
      serverCaps: [{ asset: "usd", perTransaction: "7", rolling: null }],
      recipientsOnly: false,
      holdHours: 24,
      recipients: [{ recipient: "r", label: "Rent", addedAt: now.toISOString(), usableFrom: hours(24).toISOString() }],
      freshAboveUsd: "100",
    });
  });

  await t.test("whoever is erased while they spend and choose holds nobody up, and leaves nothing", async () => {
    const gone = (error: unknown) =>
      assert.match(String(error), /violates foreign key constraint|is gone that was there/, "no deadlock");
    for (let round = 0; round < 20; round += 1) {
      const ana = await person();
      if (round % 2 === 0) await spending.setCaps(handle, ana, [within("100", 24)], now);
      const work = [
        // As a call begins: its operation asks for the user's row, then it reserves.
        database.transaction(async (own) => {
          await sql`select 1 from users where id = ${ana} for key share`.execute(own);
          await spending.reserve(own, { id: uuidv7(now), userId: ana, spend: usd(1), now });
        }),
        reserve(uuidv7(now), ana, 1),
        database.transaction((own) => spending.addRecipient(own, ana, { recipient: "r", label: "Rent" }, now)),
        database.transaction((own) => spending.setRecipientsOnly(own, ana, true, now)),
      ].map((one) => one.then(() => undefined, gone));
      await Promise.all([sql`delete from users where id = ${ana}`.execute(handle), ...work]);
      const left = await sql`
        select user_id from spend_policies where user_id = ${ana} union all
        select user_id from spend_recipients where user_id = ${ana} union all
        select user_id from reservations where user_id = ${ana}`.execute(handle);
      assert.deepEqual(left.rows, []);
    }
  });

  await t.test("an erasure that waits for a person's policy is in nobody's way", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [within("100", 24)], now);
    const held = Promise.withResolvers<void>();
    const erasure = held.promise.then(() => sql`delete from users where id = ${ana}`.execute(handle));
    await database.transaction(async (own) => {
      // Locks the policy, and finds nothing to change.
      assert.equal(await spending.removeRecipient(own, ana, "nobody", now), null);
      held.resolve();
      // The embedded database runs one transaction after the other.
      if (database.engine === "postgres") {
        await until("the erasure to wait for the policy", async () => {
          const { rows } = await sql`select 1 from pg_locks where not granted`.execute(own);
          return rows.length > 0 ? true : undefined;
        });
      }
      await spending.addRecipient(own, ana, { recipient: "r", label: "Rent" }, now);
      await spending.reserve(own, { id: uuidv7(now), userId: ana, spend: usd(1), now });
    });
    await erasure;
    assert.equal(await spending.policyVersion(handle, ana), 0);
  });

  await t.test("a person takes all of it along, page by page, and all of it can be erased", async () => {
    const [ana, ben] = [await person(), await person()];
    for (const one of [ana, ben]) {
      await spending.setCaps(handle, one, [within("1000000", 24)], now);
      await spending.addRecipient(handle, one, { recipient: "r", label: "Rent" }, now);
      assert.equal(await refusal(uuidv7(now), one, 250, now, spending, "r"), null);
    }
    await sql`
      insert into reservations (id, user_id, asset, amount, decimals, state, reserved_at)
      select gen_random_uuid(), ${ana}::uuid, a, 1, 0, 'reserved', ${now}::timestamptz
      from generate_series(1, 400) n, unnest(array['sol', 'usd']) a where n > 0
    `.execute(handle);
    const collect = async (userId: string) => ({
      spending: await spendingData.exportOf(handle, userId),
      spent: await allOf(await reservationsData.exportOf(handle, userId)),
    });
    const taken = await collect(ana);
    assert.equal(taken.spent.length, 801);
    assert.equal(new Set(taken.spent.map((row) => JSON.stringify(row))).size, 801);
    assert.match(JSON.stringify(taken), /"recipient":"r","state":"reserved","amount":"2.5"|"amount":"2.5"/);
    assert.match(JSON.stringify(taken.spending), /"label":"Rent"/);
    await sql`delete from users where id = ${ana}`.execute(handle);
    assert.deepEqual(await collect(ana), {
      spending: { version: 0, caps: [], recipientsOnly: false, recipients: [] },
      spent: [],
    });
    assert.equal((await collect(ben)).spent.length, 1);
  });
});

eachEngine("how strong a decision has to be", migrations, async (_t, database) => {
  const strict = createSpending({ ...settings, freshAboveUsd: "1" });
  const strength = (cents: number) =>
    strict.strengthOf(database.handle, uuidv7(now), { sentence: "Pays.", bounds: [], spend: usd(cents) });
  assert.equal(await strength(100), "usual");
  assert.equal(await strength(101), "fresh");
});
