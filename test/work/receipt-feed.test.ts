import assert from "node:assert/strict";
import { test } from "node:test";
import type { Database } from "../../src/database/handle.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import type { Receipt } from "../../src/kernel/receipt.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { migrations as ledgerTables } from "../../src/ledger/migrations/index.ts";
import { receiptNews } from "../../src/ledger/receipt-news.ts";
import { type Feed, openFeed } from "../../src/work/feed.ts";
import { eachEngine, freshPostgres } from "../database.ts";
import { usersTable } from "../toolsets/door.ts";

type ReceiptFeed = Feed<{ readonly kind: "receipt"; readonly receipt: Receipt }>;
type Watching = ReturnType<ReceiptFeed["watch"]>;

const migrations = [usersTable, ...ledgerTables];
const START = new Date("2026-11-21T10:00:00Z");
const ALICE = "0199a000-0000-7000-8000-00000000000a";
const BOB = "0199a000-0000-7000-8000-00000000000b";

const receipt = (requestId: string, change: Partial<Receipt> = {}): Receipt => ({
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
  requestId,
  ...change,
});

async function openHouse(database: Database) {
  const feed: ReceiptFeed = await openFeed({ database, clock: () => START, sources: [receiptNews(database)] });
  const ledger = createLedger(
    database,
    () => START,
    (names) => void feed.announce(names),
  );
  return { feed, ledger };
}

/** The request ids of the next receipts that a watcher sees. */
async function take(watch: Watching, count: number): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < count) {
    const next = await watch.next();
    if (next.done) break;
    if (next.value) seen.push(next.value.item.receipt.requestId);
  }
  return seen;
}

eachEngine(
  "a watcher sees what closes from now on, its own alone, and a late one too",
  migrations,
  async (_t, database) => {
    const { feed, ledger } = await openHouse(database);
    const stop = new AbortController();
    const before = receipt("before");
    await ledger.record(before);
    const watch = feed.watch({ userId: ALICE, after: before.id, signal: stop.signal });
    assert.deepEqual(await take(watch, 1), ["before"]);
    const seen = take(watch, 3);
    await ledger.record(receipt("bob's", { userId: BOB }));
    await ledger.record(receipt("second", { id: uuidv7(new Date(START.getTime() + 5000)) }));
    await ledger.record(receipt("a change that began first", { effect: "write" }));
    await ledger.record(receipt("third", { id: uuidv7(new Date(START.getTime() + 6000)) }));
    assert.deepEqual((await seen).toSorted(), ["a change that began first", "second", "third"]);
    stop.abort();
    assert.equal((await watch.next()).done, true);
    await feed.close();
  },
);

eachEngine("a watcher that comes back gets what it missed", migrations, async (_t, database) => {
  const { feed, ledger } = await openHouse(database);
  const last = receipt("last seen");
  await ledger.record(last);
  const missed = Array.from({ length: 450 }, (_, index) =>
    receipt(`missed ${index}`, { id: uuidv7(new Date(START.getTime() + index + 1)) }),
  );
  await Promise.all(missed.map((one) => ledger.record(one)));
  const stop = new AbortController();
  const seen = await take(feed.watch({ userId: ALICE, after: last.id, signal: stop.signal }), 451);
  assert.deepEqual(new Set(seen), new Set(["last seen", ...missed.map((one) => one.requestId)]));
  stop.abort();
  await feed.close();
});

eachEngine("many receipts at once come once each, and old ones are no news", migrations, async (_t, database) => {
  const { feed, ledger } = await openHouse(database);
  const many = (name: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        ledger.record(receipt(`${name} ${index}`, { id: uuidv7(new Date(START.getTime() + index)) })),
      ),
    );
  await many("old", 450);
  const stop = new AbortController();
  const watch = feed.watch({ userId: ALICE, signal: stop.signal });
  const state = { heard: false };
  const first = take(watch, 1).finally(() => (state.heard = true));
  // News until the watcher, which reads what is old first, has come to listen.
  for (let round = 0; !state.heard; round += 1) await ledger.record(receipt(`news ${round}`));
  const seen = await first;
  stop.abort();
  for (let next = await watch.next(); !next.done; next = await watch.next())
    if (next.value) seen.push(next.value.item.receipt.requestId);
  assert.deepEqual(
    seen.filter((id) => id.startsWith("old")),
    [],
  );
  assert.equal(new Set(seen).size, seen.length);
  await feed.close();
});

eachEngine("closing the feed ends every watch at once", migrations, async (_t, database) => {
  const { feed } = await openHouse(database);
  const watch = feed.watch({ userId: ALICE, signal: new AbortController().signal });
  const ended = watch.next();
  await feed.close();
  assert.equal((await ended).done, true);
});

test("a receipt of one process is seen by a watcher in another", async (t) => {
  const url = await freshPostgres(t);
  const open = () => openPostgres({ url, report: () => undefined });
  const [here, there] = [await open(), await open()];
  await here.migrate(migrations);
  const { ledger, feed: own } = await openHouse(here);
  const { feed } = await openHouse(there);
  const stop = new AbortController();
  const first = receipt("first");
  await ledger.record(first);
  const watch = feed.watch({ userId: ALICE, after: first.id, signal: stop.signal });
  assert.deepEqual(await take(watch, 1), ["first"]);
  const seen = take(watch, 1);
  await ledger.record(receipt("from elsewhere"));
  assert.deepEqual(await seen, ["from elsewhere"]);
  stop.abort();
  await Promise.all([own.close(), feed.close()]);
  await Promise.all([here.close(), there.close()]);
});
