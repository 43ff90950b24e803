import assert from "node:assert/strict";
import { sql } from "kysely";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { eachEngine } from "../database.ts";
import { type DoorHouse, eachDoor, openDoorHouse, openFixtureHouse, outcomesOf, tables } from "./house.ts";

/** Asks for a payment and approves it. */
async function approved(h: DoorHouse, userId: string, tool: string): Promise<string> {
  const { id } = h.pendingOf(await h.call(userId, tool, { amount: "40" }));
  await h.decide(userId, id);
  return id;
}

async function stateOf({ database }: Pick<DoorHouse, "database">, id: string): Promise<string> {
  const { rows } = await sql<{ state: string }>`select state from operations where id = ${id}`.execute(database.handle);
  return rows[0]?.state ?? "none";
}

async function reserved({ database }: Pick<DoorHouse, "database">, id: string): Promise<readonly string[]> {
  const { rows } = await sql<{ state: string }>`
    select distinct state from reservations where id = ${id}`.execute(database.handle);
  return rows.map(({ state }) => state);
}

eachEngine(
  "a second decision that comes late ends nothing of what the first one began",
  tables,
  async (_t, database) => {
    const entered = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let armed = false;
    const h = await openFixtureHouse(database, {
      gated: true,
      async readmit(principal) {
        if (!armed) return principal;
        armed = false;
        entered.resolve();
        await go.promise;
        throw new AppError("invalid_token", "The link to this account has ended.");
      },
    });
    try {
      const ana = await h.person();
      const { id } = h.pendingOf(await h.call(ana, "pay_once", { amount: "40" }));
      armed = true;
      const second = h.decide(ana, id).catch((error: unknown) => error);
      await entered.promise;
      await h.decide(ana, id);
      await h.runner.start();
      await until("the payment to be under way", () => (h.outside.done.length === 1 ? true : undefined));
      go.resolve();
      assert.ok((await second) instanceof AppError);
      h.open();
      await until("its end", async () => ((await stateOf(h, id)) === "done" ? true : undefined));
      assert.deepEqual(await reserved(h, id), ["spent"]);
      assert.ok((await outcomesOf(h, ana)).includes("pay_once ok"));
    } finally {
      h.open();
      await h.close();
    }
  },
);

eachEngine(
  "a begun payment whose tool is gone after a crash and a deploy is unknown, and never free again",
  tables,
  async (_t, database) => {
    const one = await openFixtureHouse(database, { gated: true, leaseMs: 300 });
    const two = await openDoorHouse(database, { toolsets: [], leaseMs: 300 });
    try {
      const ana = await one.person();
      const id = await approved(one, ana, "pay_once");
      const [taken] = await one.jobs.take(1);
      assert.ok(taken);
      const lost = one.resume(taken.id, taken.run);
      await until("the payment to be under way", () => (one.outside.done.length === 1 ? true : undefined));
      taken.run.release();
      await two.runner.start();
      await until("it to be looked at", async () => ((await stateOf(two, id)) === "unknown" ? true : undefined));
      assert.ok(!(await reserved(two, id)).includes("released"));
      assert.ok((await outcomesOf(two, ana)).includes("pay_once unknown outcome_unknown"));
      one.open();
      await lost;
    } finally {
      await two.close();
      one.open();
      await one.close();
    }
  },
);

eachEngine("a run that lost its lease before it reached out does not reach out", tables, async (_t, database) => {
  const one = await openFixtureHouse(database, { leaseMs: 300 });
  const two = await openFixtureHouse(database, { leaseMs: 300, outside: one.outside });
  try {
    const ana = await one.person();
    const id = await approved(one, ana, "pay");
    const { open } = one.effects;
    Object.assign(one.effects, {
      async open(opening: Parameters<typeof open>[0]) {
        await open(opening);
        // Its process stands still from here on, for longer than its lease: another one takes the job, and judges.
        taken?.run.release();
        await two.runner.start();
        await until("the other's verdict", async () => ((await stateOf(two, id)) === "failed" ? true : undefined));
      },
    });
    const [taken] = await one.jobs.take(1);
    assert.ok(taken);
    await one.resume(taken.id, taken.run);
    assert.deepEqual(one.outside.done, []);
    assert.deepEqual(await reserved(two, id), ["released"]);
  } finally {
    await two.close();
    await one.close();
  }
});

eachDoor(
  "tools that never answer keep no worker for ever",
  { gated: true, longestRunMs: 200, againMs: 60_000 },
  async (h) => {
    const ids = await Promise.all(
      Array.from({ length: 5 }, () => h.person().then((who) => approved(h, who, "pay_once"))),
    );
    await h.runner.start();
    for (const id of ids)
      await until("its turn", async () => ((await stateOf(h, id)) === "unknown" ? true : undefined));
    assert.equal(h.outside.done.length, 5);
  },
);
