import assert from "node:assert/strict";
import { sql } from "kysely";
import { erasePerson } from "../../src/app/personal-data.ts";
import { createSealer } from "../../src/kernel/seal.ts";
import { until } from "../bellhop.ts";
import { fileOf, verified } from "../ledger/receipts.ts";
import { type DoorHouse, eachDoor, openFixtureHouse } from "./house.ts";

/** Asks for a payment and approves it. */
async function approved(h: DoorHouse, userId: string, tool: string, amount: string): Promise<string> {
  const { id } = h.pendingOf(await h.call(userId, tool, { amount }));
  await h.decide(userId, id);
  return id;
}

const run = (h: DoorHouse, userId: string, id: string, wanted: string) =>
  until(`the payment to be ${wanted}`, async () => {
    const { run: stands } = await h.approvals.find(userId, id);
    return stands === wanted ? true : undefined;
  });

const reserved = async ({ database }: DoorHouse, id: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ asset: string; state: string }>`
    select asset, state from reservations where id = ${id} order by asset`.execute(database.handle);
  return rows.map(({ asset, state }) => `${asset} ${state}`);
};

const receiptOf = async (h: DoorHouse, userId: string, id: string) =>
  (await h.receipts.page({ userId, limit: 100 })).receipts.find((receipt) => receipt.id === id);

eachDoor("money is reserved when the decision is used up, and spent when it was paid", {}, async (h) => {
  const ana = await h.person();
  const id = await approved(h, ana, "pay", "40");
  assert.deepEqual(await reserved(h, id), []);
  await h.runner.start();
  await run(h, ana, id, "completed");
  assert.deepEqual(await reserved(h, id), ["COIN spent", "usd spent"]);
  assert.deepEqual(h.outside.done, [{ key: id, amount: "40" }]);
});

eachDoor(
  "a proven failure releases what was reserved; a cap refuses before anything is done",
  { spending: { caps: [{ asset: "COIN", perTransaction: "50", rolling: null }] } },
  async (h) => {
    const ana = await h.person();
    await h.runner.start();
    h.outside.next.push("refused");
    const refused = await approved(h, ana, "pay_once", "40");
    await run(h, ana, refused, "failed");
    assert.deepEqual(await reserved(h, refused), ["COIN released", "usd released"]);
    const result = await h.call(ana, "pay_once", { amount: "60" });
    assert.equal(result.ok ? "ok" : result.error.code, "spend_limit");
    assert.deepEqual(h.outside.done, []);
  },
);

eachDoor(
  "outcome-unknown: what nobody can prove stands as unknown, counts as spent, and is never done again",
  {},
  async (h) => {
    const ana = await h.person();
    await h.runner.start();
    h.outside.next.push("lost");
    const id = await approved(h, ana, "pay_once", "40");
    await run(h, ana, id, "unknown");
    const receipt = await receiptOf(h, ana, id);
    assert.deepEqual([receipt?.outcome, receipt?.code], ["unknown", "outcome_unknown"]);
    assert.deepEqual(await reserved(h, id), ["COIN spent", "usd spent"]);
    assert.equal(h.outside.done.length, 1);
  },
);

eachDoor("money that was paid is not released because the answer was too large", { leaseMs: 500 }, async (h) => {
  const ana = await h.person();
  await h.runner.start();
  for (const how of ["wordy", "bulky"] as const) {
    h.outside.next.push(how, how);
    const id = await approved(h, ana, "pay_once", "40");
    await run(h, ana, id, "unknown");
    assert.deepEqual(await reserved(h, id), ["COIN spent", "usd spent"]);
    const found = await approved(h, ana, "pay", "4");
    await run(h, ana, found, "completed");
    assert.equal((await receiptOf(h, ana, found))?.outcome, "ok");
    assert.deepEqual(h.outside.done.splice(0), [
      { key: id, amount: "40" },
      { key: found, amount: "4" },
    ]);
  }
});

eachDoor("money whose evidence is too large to be kept ends as unknown, at once", { leaseMs: 60_000 }, async (h) => {
  const ana = await h.person();
  await h.runner.start();
  h.outside.evidence = "bulky";
  h.outside.next.push("lost");
  const id = await approved(h, ana, "pay", "40");
  await run(h, ana, id, "unknown");
  // It is looked for again, and no more once its attempts are used up.
  await until("the last look", async () =>
    (await reserved(h, id)).join() === "COIN spent,usd spent" ? true : undefined,
  );
  assert.deepEqual(h.outside.done, [{ key: id, amount: "40" }]);
  // What may be asked again is not: it was done, and would answer as much again.
  h.outside.next.push("wordy", "wordy");
  const again = await approved(h, ana, "pay_again", "4");
  await run(h, ana, again, "unknown");
  assert.deepEqual(h.outside.next, ["wordy"]);
});

eachDoor(
  "evidence that is found later closes what was unknown, and the chain holds both",
  { againMs: 1_500 },
  async (h) => {
    const ana = await h.person();
    h.outside.evidence = "unknown";
    h.outside.next.push("lost", "lost_before");
    await h.runner.start();
    // One after the other: side by side, either could be the one that is lost before.
    const paid = await approved(h, ana, "pay", "4");
    await run(h, ana, paid, "unknown");
    const unpaid = await approved(h, ana, "pay", "5");
    await run(h, ana, unpaid, "unknown");
    h.outside.evidence = "known";
    await run(h, ana, paid, "completed");
    await run(h, ana, unpaid, "failed");
    assert.deepEqual(await reserved(h, paid), ["COIN spent", "usd spent"]);
    assert.deepEqual(await reserved(h, unpaid), ["COIN released", "usd released"]);
    assert.equal((await receiptOf(h, ana, paid))?.outcome, "ok");
    assert.deepEqual(h.outside.done, [{ key: paid, amount: "4" }]);
    assert.equal((await verified(await fileOf(h.database, ana))).ok, true);
  },
);

eachDoor("an effect that may be repeated is repeated under its own key, and happens once", {}, async (h) => {
  const ana = await h.person();
  h.outside.next.push("lost", "lost_before", "lost");
  await h.runner.start();
  const id = await approved(h, ana, "pay_again", "40");
  await run(h, ana, id, "completed");
  assert.deepEqual(h.outside.done, [{ key: id, amount: "40" }]);
});

eachDoor(
  "a process that dies in the middle: the next one finds evidence and does nothing twice",
  { gated: true, leaseMs: 300 },
  async (dying) => {
    const { outside, database } = dying;
    const ana = await dying.person();
    const id = await approved(dying, ana, "pay", "40");
    // It runs, and its process is never heard of again.
    const [taken] = await dying.jobs.take(1);
    assert.ok(taken);
    const lost = dying.resume(taken.id, taken.run);
    await until("the payment", () => (outside.done.length > 0 ? true : undefined));
    taken.run.release();
    const heir = await openFixtureHouse(database, { outside, leaseMs: 300 });
    try {
      await heir.runner.start();
      await run(heir, ana, id, "completed");
      // The dead one wakes up once more: it finds that the job is not its own.
      dying.open();
      await lost;
      assert.equal((await receiptOf(heir, ana, id))?.outcome, "ok");
      assert.deepEqual(outside.done, [{ key: id, amount: "40" }]);
      assert.deepEqual(await reserved(heir, id), ["COIN spent", "usd spent"]);
      assert.deepEqual(heir.problems, []);
    } finally {
      await heir.close();
    }
  },
);

eachDoor(
  "limits that change during a run change nothing of it; the next question is asked under the new ones",
  { gated: true },
  async (h) => {
    const ana = await h.person();
    await h.runner.start();
    const id = await approved(h, ana, "pay", "40");
    await until("the payment", () => (h.outside.done.length > 0 ? true : undefined));
    const caps = [{ asset: "COIN", perTransaction: "1", rolling: null }];
    await h.database.transaction((handle) => h.spending.setCaps(handle, ana, caps, new Date()));
    h.open();
    await run(h, ana, id, "completed");
    assert.deepEqual(await reserved(h, id), ["COIN spent", "usd spent"]);
    const next = await h.call(ana, "pay", { amount: "40" });
    assert.equal(next.ok ? "ok" : next.error.code, "spend_limit");
  },
);

eachDoor(
  "an erased person's payment that is under way leaves nothing behind but its records",
  { gated: true },
  async (h) => {
    const ana = await h.person();
    await h.runner.start();
    const id = await approved(h, ana, "pay", "40");
    await until("the payment", () => (h.outside.done.length > 0 ? true : undefined));
    const { database } = h;
    await database.transaction(async (handle) => {
      await erasePerson({
        sealer: createSealer("a secret of a test that is long enough", "operations"),
        shown: (_tool, args) => args,
      })(handle, ana, {
        receiptId: id,
        now: new Date(),
      });
    });
    h.open();
    await h.runner.stop();
    for (const table of ["operations", "approvals", "reservations", "tool_jobs", "spend_policies", "users"]) {
      const { rows } = await sql`select 1 from ${sql.table(table)}`.execute(database.handle);
      assert.deepEqual(rows, [], table);
    }
  },
);
