import assert from "node:assert/strict";
import fc from "fast-check";
import { eachEngine } from "../../test/database.ts";
import { hours, migrations, now, settings, spending, stage, usd, within } from "../../test/ledger/spending.ts";
import { after } from "../kernel/clock.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { listReservations, sumSpent } from "./records/reservations.ts";
import { createSpending } from "./spending.ts";

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
      freshAfterClicks: 10,
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

  await t.test("an asset keeps its spelling, and counts in whatever letters", async () => {
    const ana = await person();
    await spending.setCaps(handle, ana, [{ ...within("2", 24), asset: "MiNt" }], now);
    const pay = (asset: string) =>
      database.transaction((own) => {
        const spend = { amounts: [{ asset, amount: 1n, decimals: 0 }] };
        return spending.reserve(own, { id: uuidv7(now), userId: ana, spend, now });
      });
    await pay("mInT");
    await pay("MINT");
    await assert.rejects(pay("mint"), { message: "That would be 3.00 MiNt in 24 hours; your limit is 2.00." });
    assert.deepEqual((await listReservations(handle, ana, 10)).map(({ asset }) => asset).toSorted(), ["MINT", "mInT"]);
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
