import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { emptyPGlite } from "../../test/empty-pglite.ts";
import { createGate } from "./gate.ts";
import { openPGlite } from "./pglite.ts";

test("what was let in is waited for, and nothing is let in after it", async () => {
  const gate = createGate(60_000);
  const done: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const inside = gate.pass(() => promise.then(() => void done.push("inside")));
  const shut = gate.shut().then(() => done.push("shut"));
  await assert.rejects(
    gate.pass(async () => done.push("late")),
    { code: "unavailable" },
  );
  resolve();
  await Promise.all([inside, shut]);
  assert.deepEqual(done, ["inside", "shut"]);
});

test("what never ends holds up no end, and what failed is nobody else's", async () => {
  const gate = createGate(1);
  void gate.pass(() => new Promise<never>(() => undefined));
  await assert.rejects(
    gate.pass(async () => {
      throw new Error("mine");
    }),
    /mine/,
  );
  await gate.shut();
  await gate.shut();
});

test("the embedded database ends under nothing that is on its way, at whatever moment it is closed", async () => {
  // A transaction that never began would leave a rejection that nobody handles, and fail this test.
  for (let turns = 0; turns < 12; turns += 1) {
    const database = await openPGlite({ clock: () => new Date(), from: await emptyPGlite() });
    await sql`create table kept (word text not null)`.execute(database.handle);
    const count = sql<{ rows: number }>`select count(*)::int as rows from kept`;
    const keep = () =>
      database.transaction(async (handle) => {
        await sql`insert into kept values ('one')`.execute(handle);
        return (await count.execute(handle)).rows[0]?.rows;
      });
    const begun = [keep(), keep()];
    const closed = database.close();
    const late: Promise<string>[] = [];
    const outcome = (asked: Promise<unknown>): Promise<string> => asked.then(() => "done", String);
    for (let turn = 0; turn < turns; turn += 1) {
      late.push(outcome(keep()), outcome(count.execute(database.handle)));
      await new Promise((next) => void setImmediate(next));
    }
    assert.deepEqual(await Promise.all(begun), [1, 2]);
    await closed;
    for (const said of await Promise.all(late)) {
      assert.match(said, /The server is stopping|driver has already been destroyed/);
    }
  }
});
