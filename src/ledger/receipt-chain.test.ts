import assert from "node:assert/strict";
import fc from "fast-check";
import { sql } from "kysely";
import { eachEngine } from "../../test/database.ts";
import { ALICE, BOB, change, fileOf, proofsOf, receipt, START, verified } from "../../test/ledger/receipts.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { keep } from "../kernel/json.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { createLedger } from "./ledger.ts";
import { chainOfUser, openHeads } from "./records/chains.ts";
import { receiptsData } from "./receipts-data.ts";
import { ledgerTables } from "../../test/ledger/tables.ts";

const before = ledgerTables.filter(({ name }) => name < "0020");

eachEngine(
  "reads leave one record, changes two, and the file of a person proves them",
  ledgerTables,
  async (_t, database) => {
    const ledger = createLedger(database, () => START);
    await Promise.all([ledger.record(receipt()), ledger.record(receipt({ userId: BOB })), change(ledger)]);
    await ledger.record(receipt({ outcome: "refused", code: "insufficient_scope" }));
    const first = await verified(await fileOf(database));
    assert.ok(first.ok);
    assert.deepEqual([first.records, first.erased, first.lanes, first.checkpoints], [4, 0, 1, 1]);
    await change(ledger);
    const { rows } = await sql`
    select kind from receipt_records where chain = ${await chainOfUser(database.handle, ALICE)} order by seq desc limit 2
  `.execute(database.handle);
    assert.deepEqual(rows, [{ kind: "outcome" }, { kind: "intent" }]);
    const second = await verified(await fileOf(database));
    assert.ok(second.ok);
    assert.deepEqual([second.records, second.checkpoints], [6, 2]);
    assert.ok((await verified(await fileOf(database, BOB))).ok);
  },
);

eachEngine(
  "a change that is rolled back leaves no outcome, and the chain goes on",
  ledgerTables,
  async (_t, database) => {
    const ledger = createLedger(database, () => START);
    for (const word of ["one", "two"]) {
      const opened: Receipt[] = [];
      const broken = change(ledger, {}, async (_handle, open) => {
        opened.push(open);
        throw new Error(word);
      });
      await assert.rejects(broken, new RegExp(word));
      // As the door does: whatever went wrong, the call is closed.
      for (const open of opened) await ledger.abandon({ ...open, outcome: "failed", code: "internal" });
      await ledger.record(receipt());
    }
    const verdict = await verified(await fileOf(database));
    assert.ok(verdict.ok);
    assert.equal(verdict.records, 6);
  },
);

eachEngine("a person's first calls, many at once, open one chain", ledgerTables, async (_t, database) => {
  // One process offers the same chain each time, so that two constraints could be met at once.
  for (let people = 0; people < 60; people += 1) {
    const offer = { userId: uuidv7(START), chain: uuidv7(START) };
    const opened = await Promise.all(Array.from({ length: 20 }, () => openHeads(database.handle, 1, [offer])));
    assert.deepEqual(new Set(opened.flat().map(({ chain }) => chain)), new Set([offer.chain]));
  }
});

eachEngine("many calls and changes of several people at once", ledgerTables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  const checkpointing = proofsOf(database).checkpoints;
  const all = Array.from({ length: 120 }, (_, index) => {
    const userId = index % 3 === 0 ? BOB : ALICE;
    if (index % 20 === 7) return checkpointing.make();
    return index % 4 === 0 ? change(ledger, { userId }) : ledger.record(receipt({ userId }));
  });
  await Promise.all(all);
  const verdicts = [await verified(await fileOf(database)), await verified(await fileOf(database, BOB))];
  assert.deepEqual(
    verdicts.map(({ ok }) => ok),
    [true, true],
  );
});

eachEngine("a clock that goes backwards changes nothing of the order", ledgerTables, async (_t, database) => {
  let now = START.getTime();
  const ledger = createLedger(database, () => new Date((now -= 60_000)));
  for (let index = 0; index < 5; index += 1) await change(ledger);
  const { checkpoints } = proofsOf(database, () => new Date((now -= 60_000)));
  await checkpoints.make();
  await change(ledger);
  const verdict = await verified(await fileOf(database));
  assert.ok(verdict.ok);
  assert.equal(verdict.records, 12);
});

const text = fc.string({ unit: "binary", maxLength: 30 }).filter((word) => !word.includes("\0") && word.isWellFormed());

eachEngine("whatever text a receipt holds comes back as it was, and verifies", ledgerTables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  const words = fc.record({ tool: text, clientName: text, requestId: text, asked: text });
  await fc.assert(
    fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 5 }), async (rows) => {
      const made = rows.map(({ asked, ...row }) => receipt({ ...row, id: uuidv7(new Date()), asked: keep({ asked }) }));
      await Promise.all(made.map((one) => ledger.record(one)));
      const { receipts } = await ledger.page({ userId: ALICE, limit: 100 });
      const byId = new Map(receipts.map((one) => [one.id, one]));
      for (const { asked: _asked, answered: _answered, ...one } of made) assert.deepEqual(byId.get(one.id), one);
    }),
    { numRuns: 10, seed: 20 },
  );
  await ledger.record(receipt({ requestId: "\\N \\. \t\r\n \\t \u2028 \u{1F600} 'quoted' \"twice\"" }));
  assert.ok((await verified(await fileOf(database))).ok);
});

eachEngine(
  "a row that the database refuses fails alone, and the chain has no gap",
  ledgerTables,
  async (_t, database) => {
    const ledger = createLedger(database, () => START);
    const bad = receipt({ requestId: "a NUL: \0" });
    const results = await Promise.allSettled(
      [receipt(), receipt(), bad, receipt(), bad].map((one) => ledger.record(one)),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled", "rejected"],
    );
    await ledger.record(receipt());
    const verdict = await verified(await fileOf(database));
    assert.ok(verdict.ok);
    assert.equal(verdict.records, 4);
  },
);

eachEngine("after an erasure the chain verifies and names nobody", ledgerTables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  await ledger.record(receipt({ clientName: "Alice's phone" }));
  const old = await fileOf(database);
  const chain = (await chainOfUser(database.handle, ALICE)) ?? "";
  const closed = await change(ledger, { tool: "delete_account" }, async (handle, { id }) =>
    receiptsData.erase?.(handle, ALICE, { receiptId: id, now: START }),
  );
  await assert.rejects(fileOf(database), { code: "not_found" });
  const file = await fileOf(database, chain);
  const verdict = await verified(file);
  assert.ok(verdict.ok);
  assert.deepEqual([verdict.records, verdict.erased], [3, 3]);
  assert.doesNotMatch(file, new RegExp(ALICE));
  assert.doesNotMatch(file, /phone|hello/);
  assert.ok((await verified(old)).ok, "a file that the person took before still verifies");
  const { rows } = await sql`select salt, asked, answered from receipts where id = ${closed.id}`.execute(
    database.handle,
  );
  assert.deepEqual(rows, [{ salt: null, asked: null, answered: null }]);
  for (const table of ["receipt_records", "receipt_chains", "receipt_leaves", "receipt_checkpoints", "receipts"]) {
    const { rows: kept } = await sql`select * from ${sql.table(table)}`.execute(database.handle);
    assert.doesNotMatch(JSON.stringify(kept), new RegExp(`${ALICE}|phone|hello`), table);
  }
});

eachEngine(
  "receipts that are older than the chain stay readable and are taken into it",
  before,
  async (_t, database) => {
    const id = uuidv7(START);
    await sql`
    insert into receipts (id, user_id, client_id, client_name, channel, tool, effect, args_digest, outcome, started_at,
      latency_ms, request_id)
    values (${id}, ${ALICE}, 'c', 'C', 'mcp', 'echo', 'read', 'digest', 'ok', ${START}, 5, 'old')`.execute(
      database.handle,
    );
    await database.migrate(ledgerTables);
    const ledger = createLedger(database, () => START);
    await ledger.record(receipt());
    assert.equal((await ledger.page({ userId: ALICE, limit: 5 })).receipts.length, 2);
    await ledger.sweep();
    await ledger.sweep();
    const file = await fileOf(database);
    const verdict = await verified(file);
    assert.ok(verdict.ok);
    assert.equal(verdict.records, 2);
    assert.match(file, new RegExp(`"kind":"anchor".*${id}`));
  },
);

eachEngine("a key that is replaced signs no more, and what it signed verifies", ledgerTables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  const { checkpoints, proofs } = proofsOf(database);
  await ledger.record(receipt());
  await checkpoints.make();
  await checkpoints.rotate();
  await ledger.record(receipt());
  const file = await fileOf(database);
  const verdict = await verified(file, await proofs.keys());
  assert.ok(verdict.ok);
  assert.equal(verdict.kids.length, 2);
  const { rows } = await sql<{ sealed: number }>`
    select count(private_key_sealed)::int as sealed from receipt_keys`.execute(database.handle);
  assert.deepEqual(rows, [{ sealed: 1 }]);
});

eachEngine("a key that is replaced while a file is written still signs its end", ledgerTables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  const { checkpoints, proofs } = proofsOf(database);
  await ledger.record(receipt());
  const lines = await proofs.file(ALICE);
  let file = String((await lines.next()).value);
  await checkpoints.rotate();
  for await (const line of lines) file += line;
  assert.ok((await verified(file)).ok);
});

eachEngine("one receipt is proven by itself, at once, to its person alone", ledgerTables, async (_t, database) => {
  const ledger = createLedger(database, () => START);
  const { proofs } = proofsOf(database);
  await ledger.record(receipt());
  const { id } = await change(ledger);
  await ledger.record(receipt());
  const proof = await proofs.proof(ALICE, id);
  assert.deepEqual(
    proof.records.map(({ links }) => [links[0]?.kind, links.length]),
    [
      ["intent", 3],
      ["outcome", 2],
    ],
  );
  assert.equal(proof.records[1]?.readable?.args, '{"text":"hello"}');
  await assert.rejects(proofs.proof(BOB, id), { code: "not_found" });
  await assert.rejects(proofs.proof(ALICE, "no id"), { code: "not_found" });
});
