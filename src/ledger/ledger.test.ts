import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { eachEngine } from "../../test/database.ts";
import type { Database } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createLedger } from "./ledger.ts";
import { receiptsData } from "./receipts-data.ts";
import { ledgerTables } from "../../test/ledger/tables.ts";

const START = new Date("2026-11-21T10:00:00Z");
const ALICE = "0199a000-0000-7000-8000-00000000000a";
const BOB = "0199a000-0000-7000-8000-00000000000b";

const receipt = (change: Partial<Receipt> = {}): Receipt => ({
  id: uuidv7(START),
  userId: ALICE,
  clientId: "client_1",
  clientName: "A client",
  grantId: null,
  channel: "mcp",
  tool: "echo",
  effect: "read",
  argsDigest: "digest",
  outcome: "ok",
  code: null,
  startedAt: START,
  latencyMs: 3,
  requestId: "request-1",
  ...change,
});

const tables = [...ledgerTables, { name: "9999-notes", statements: ["create table notes (word text)"] }];
const note = (word: string) => sql`insert into notes values (${word})`;

eachEngine(
  "receipts that wait together are all committed by one COPY, and come back newest first and page by page",
  tables,
  async (_t, database) => {
    let copies = 0;
    const counting: Database = {
      ...database,
      copy(rows) {
        copies += 1;
        return database.copy(rows);
      },
    };
    const ledger = createLedger(counting, () => START);
    const made = Array.from({ length: 25 }, (_, index) =>
      receipt({ id: uuidv7(new Date(START.getTime() + index)), requestId: `r${index}` }),
    );
    await Promise.all([...made.map((one) => ledger.record(one)), ledger.record(receipt({ userId: BOB }))]);
    assert.equal(copies, 1);
    const first = await ledger.page({ userId: ALICE, limit: 10 });
    const second = await ledger.page({ userId: ALICE, limit: 10, before: first.next ?? "" });
    const third = await ledger.page({ userId: ALICE, limit: 10, before: second.next ?? "" });
    const all = [...first.receipts, ...second.receipts, ...third.receipts];
    assert.deepEqual(all, made.toReversed());
    assert.equal(third.next, null);
    assert.deepEqual((await ledger.page({ userId: ALICE, limit: 10, tool: "other" })).receipts, []);
  },
);

eachEngine(
  "a person's receipts are found by tool, by words, and by what the words mean",
  tables,
  async (_t, database) => {
    const ledger = createLedger(database, () => START);
    const made = ["echo", "get-items", "revoke_grant"].map((tool) => receipt({ tool }));
    await Promise.all([...made, receipt({ userId: BOB, tool: "swap" })].map((one) => ledger.record(one)));
    const found = async (query: Partial<Parameters<typeof ledger.page>[0]>) =>
      (await ledger.page({ userId: ALICE, limit: 10, ...query })).receipts.map(({ tool }) => tool).toSorted();
    assert.deepEqual(await found({ words: "ITEM" }), ["get-items"]);
    assert.deepEqual(await found({ words: "link" }), []);
    assert.deepEqual(await found({ words: "link", meant: ["revoke_grant", "swap"] }), ["revoke_grant"]);
    assert.deepEqual(await found({ words: "item", meant: ["echo"], tool: "echo" }), ["echo"]);
  },
);

eachEngine("which tools a person's receipts name, however many names are made up", tables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  assert.deepEqual(await ledger.tools(ALICE, ["echo"]), []);
  const names = ["echo", "get-items", "echo", "no 'such' tool", "get-items"];
  await Promise.all(names.map((tool) => ledger.record(receipt({ tool }))));
  await ledger.record(receipt({ userId: BOB, tool: "swap" }));
  const known = ["echo", "get-items", "swap", "never-used", "zz-top"];
  assert.deepEqual([...(await ledger.tools(ALICE, known))].toSorted(), ["echo", "get-items", "no 'such' tool"]);
  const madeUp = Array.from({ length: 300 }, (_, index) => receipt({ tool: `aaa-${index}` }));
  await Promise.all([...madeUp, receipt({ tool: "zz-top" })].map((one) => ledger.record(one)));
  const tools = await ledger.tools(ALICE, known);
  for (const tool of ["echo", "get-items", "zz-top"]) assert.ok(tools.includes(tool), tool);
  assert.ok(tools.length <= 203, `${tools.length} names`);
});

eachEngine("a change and its receipt commit together or not at all", tables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  const open = receipt({ outcome: "open", effect: "write" });
  await ledger.open(open);
  await assert.rejects(
    ledger.close(
      async (handle) => {
        await note("lost").execute(handle);
        throw new AppError("not_found", "no such thing");
      },
      () => ({ ...open, outcome: "ok" }),
    ),
    /no such thing/,
  );
  await ledger.abandon({ ...open, outcome: "refused", code: "not_found" });
  const kept = receipt({ outcome: "open", effect: "write" });
  await ledger.open(kept);
  await ledger.close(
    (handle) => note("kept").execute(handle),
    () => ({ ...kept, outcome: "ok", latencyMs: 9 }),
  );
  const { rows } = await sql<{ word: string }>`select word from notes`.execute(database.handle);
  assert.deepEqual(rows, [{ word: "kept" }]);
  const { receipts } = await ledger.page({ userId: ALICE, limit: 5 });
  assert.deepEqual(
    new Set(receipts.map((one) => `${one.outcome}:${one.code}`)),
    new Set(["refused:not_found", "ok:null"]),
  );
});

eachEngine(
  "a call that died with its process is closed, and can change nothing afterwards",
  tables,
  async (_t, database) => {
    let now = START;
    const ledger = createLedger(database, () => now);
    const open = receipt({ outcome: "open", effect: "write" });
    await ledger.open(open);
    assert.equal(await ledger.sweep(), 0, "a call still within its time is left alone");
    now = new Date(START.getTime() + 121_000);
    assert.equal(await ledger.sweep(), 1);
    await assert.rejects(
      ledger.close(
        (handle) => note("too late").execute(handle),
        () => ({ ...open, outcome: "ok" }),
      ),
      { code: "interrupted" },
    );
    const { rows } = await sql`select * from notes`.execute(database.handle);
    assert.deepEqual(rows, []);
  },
);

eachEngine("erasing a person leaves the erasing call's receipt alone, without a name", tables, async (t, database) => {
  let now = START;
  const ledger = createLedger(database, () => now);
  const rows = async () =>
    (
      await sql<{ id: string; user: string }>`select id, user_id as user from receipts order by id`.execute(
        database.handle,
      )
    ).rows;
  const erasing = receipt({ outcome: "open", effect: "write", tool: "delete_account", grantId: uuidv7(START) });
  const another = receipt({ outcome: "open", effect: "write" });
  const bobs = receipt({ userId: BOB });
  await Promise.all([ledger.open(erasing), ledger.open(another), ledger.record(receipt()), ledger.record(bobs)]);
  await ledger.close(
    async (handle) => receiptsData.erase?.(handle, ALICE, { receiptId: erasing.id, now }),
    () => ({ ...erasing, outcome: "ok" }),
  );

  await t.test("it is closed, speaks of nobody, and holds no digest that could be guessed", async () => {
    const { rows: kept } = await sql`
      select id, user_id, grant_id, outcome, args_digest = ${erasing.argsDigest} as guessable from receipts
      where id = ${erasing.id}`.execute(database.handle);
    const user_id = "00000000-0000-0000-0000-000000000000";
    assert.deepEqual(kept, [{ id: erasing.id, user_id, grant_id: null, outcome: "ok", guessable: false }]);
    assert.deepEqual((await ledger.page({ userId: ALICE, limit: 10 })).receipts, []);
    assert.deepEqual((await ledger.page({ userId: BOB, limit: 10 })).receipts, [bobs]);
  });

  await t.test("another call that was under way changes nothing any more", async () => {
    const late = ledger.close(
      (handle) => note("after the end").execute(handle),
      () => ({ ...another, outcome: "ok" }),
    );
    await assert.rejects(late, { code: "interrupted" });
    await ledger.abandon({ ...another, outcome: "failed", code: "interrupted" });
    assert.deepEqual((await sql`select * from notes`.execute(database.handle)).rows, []);
  });

  await t.test("what ended just after is swept, and then the person is forgotten", async () => {
    await ledger.record(receipt());
    await ledger.sweep();
    assert.deepEqual(new Set((await rows()).map(({ id }) => id)), new Set([erasing.id, bobs.id]));
    now = new Date(START.getTime() + 121_000);
    await ledger.sweep();
    assert.deepEqual((await sql`select * from receipt_erasures`.execute(database.handle)).rows, []);
  });

  await t.test("an erasure that is rolled back erases nothing", async () => {
    const stays = receipt();
    await ledger.record(stays);
    const broken = database.transaction(async (handle) => {
      await receiptsData.erase?.(handle, ALICE, { receiptId: uuidv7(START), now });
      throw new Error("broken");
    });
    await assert.rejects(broken, /broken/);
    await ledger.sweep();
    assert.deepEqual((await ledger.page({ userId: ALICE, limit: 10 })).receipts, [stays]);
  });
});

eachEngine("one bad receipt does not take the others of its batch with it", tables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  const same = receipt();
  const results = await Promise.allSettled([
    ledger.record(receipt()),
    ledger.record(same),
    ledger.record(same),
    ledger.record(receipt()),
  ]);
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
  assert.equal((await ledger.page({ userId: ALICE, limit: 10 })).receipts.length, 3);
});

test("what comes in one turn is one commit, and while it is under way the next ones gather", async () => {
  const batches: number[][] = [];
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const commit = createGroupCommit<number>(async (items) => {
    batches.push([...items]);
    begun.resolve();
    if (batches.length === 1) await gate.promise;
  });
  const first = [1, 2].map((item) => commit(item));
  await begun.promise;
  const later = [3, 4, 5].map((item) => commit(item));
  gate.resolve();
  await Promise.all([...first, ...later]);
  assert.deepEqual(batches, [
    [1, 2],
    [3, 4, 5],
  ]);
});
