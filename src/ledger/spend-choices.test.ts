import assert from "node:assert/strict";
import { sql } from "kysely";
import { until } from "../../test/bellhop.ts";
import { eachEngine } from "../../test/database.ts";
import { hours, migrations, now, settings, spending, stage, usd, within } from "../../test/ledger/spending.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { Json } from "../kernel/json.ts";
import { reservationsData, spendingData } from "./spending-data.ts";
import { createSpending } from "./spending.ts";

/** Every row of a list that comes row by row. */
async function allOf(rows: Json | AsyncIterable<Json>): Promise<readonly Json[]> {
  assert.ok(typeof rows === "object" && rows !== null && Symbol.asyncIterator in rows);
  const all: Json[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

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
      freshAfterClicks: 10,
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
      insert into reservations (id, user_id, asset, asset_key, amount, decimals, state, reserved_at)
      select gen_random_uuid(), ${ana}::uuid, upper(a), a, 1, 0, 'reserved', ${now}::timestamptz
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
