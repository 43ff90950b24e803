import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { sql } from "kysely";
import { eachEngine, freshPostgres } from "../../test/database.ts";
import { ALICE, change, fileOf, receipt, START, verified } from "../../test/ledger/receipts.ts";
import type { Database } from "../database/handle.ts";
import { openPGlite } from "../database/pglite.ts";
import { openPostgres } from "../database/postgres.ts";
import { createLane } from "./lane.ts";
import { createLedger } from "./ledger.ts";
import { ledgerTables } from "../../test/ledger/tables.ts";

const WRITER = join(import.meta.dirname, "..", "..", "test", "ledger", "writer.ts");
const HOUR = 3_600_000;

const lanesOf = async (database: Database): Promise<readonly number[]> =>
  (
    await sql<{ lane: number }>`select distinct lane from receipt_records order by lane`.execute(database.handle)
  ).rows.map(({ lane }) => lane);

/** Two processes on one PostgreSQL, each with its own connections. */
async function twoHouses(t: TestContext): Promise<readonly [Database, Database]> {
  const url = await freshPostgres(t);
  const report = (): void => undefined;
  const [one, other] = [await openPostgres({ url, report }), await openPostgres({ url, report })];
  await one.migrate(ledgerTables);
  t.after(() => Promise.all([one.close(), other.close()]));
  return [one, other];
}

test("two processes write one person's chain at once, each its own lane", async (t) => {
  const houses = await twoHouses(t);
  const ledgers = houses.map((house) => createLedger(house, () => START));
  const calls = ledgers.flatMap((ledger) =>
    Array.from({ length: 40 }, () => [ledger.record(receipt()), change(ledger)]),
  );
  await Promise.all(calls.flat());
  assert.deepEqual(await lanesOf(houses[0]), [1, 2]);
  const verdict = await verified(await fileOf(houses[0]));
  assert.ok(verdict.ok);
  assert.deepEqual([verdict.records, verdict.lanes], [240, 2]);
});

test("a process that stands still inside a commit keeps no other one waiting", async (t) => {
  const [one, other] = await twoHouses(t);
  const [slow, quick] = [createLedger(one, () => START), createLedger(other, () => START)];
  const gate = Promise.withResolvers<void>();
  const standing = change(slow, {}, () => gate.promise);
  await Promise.all([quick.record(receipt()), change(quick)]);
  gate.resolve();
  await standing;
  assert.ok((await verified(await fileOf(one))).ok);
});

test("many processes that start together lease a lane each", async (t) => {
  const [one, other] = await twoHouses(t);
  const lanes = Array.from({ length: 12 }, (_, index) => createLane(index % 2 === 0 ? one : other, HOUR));
  await Promise.all(lanes.map((lane) => lane.ready()));
  assert.equal(new Set(lanes.map((lane) => lane.number())).size, 12);
});

test("a lane that is given back is taken again, one that is held is not", async (t) => {
  const [one, other] = await twoHouses(t);
  const [first, second, third] = [createLane(one, HOUR), createLane(other, HOUR), createLane(other, HOUR)];
  await first.ready();
  await second.ready();
  await first.release();
  await third.ready();
  assert.deepEqual([second.number(), third.number()], [2, 1]);
});

test("of several that find an expired lane, one takes it over", async (t) => {
  const [one, other] = await twoHouses(t);
  const dead = createLane(one, HOUR);
  await dead.ready();
  await sql`update receipt_lanes set leased_until = clock_timestamp() - interval '1 second'`.execute(one.handle);
  const heirs = Array.from({ length: 6 }, (_, index) => createLane(index % 2 === 0 ? one : other, HOUR));
  await Promise.all(heirs.map((lane) => lane.ready()));
  const numbers = heirs.map((lane) => lane.number());
  assert.equal(new Set(numbers).size, 6);
  assert.equal(numbers.filter((number) => number === 1).length, 1);
});

test("who slept through its lease meets the one that took over, and moves on without a gap or a fork", async (t) => {
  const [one, other] = await twoHouses(t);
  const sleeper = createLedger(one, () => START, undefined, createLane(one, HOUR));
  await change(sleeper);
  await sql`update receipt_lanes set leased_until = clock_timestamp() - interval '1 second'`.execute(one.handle);
  const heir = createLedger(other, () => START, undefined, createLane(other, HOUR));
  await change(heir);
  assert.deepEqual(await lanesOf(one), [1]);
  // The sleeper still believes in its lane; the read is written all the same, in another.
  await Promise.all([sleeper.record(receipt()), sleeper.record(receipt())]);
  await change(sleeper);
  await change(heir);
  assert.deepEqual(await lanesOf(one), [1, 2]);
  const verdict = await verified(await fileOf(one));
  assert.ok(verdict.ok);
  assert.equal(verdict.records, 10);
});

eachEngine("a short lease is renewed by use, and taken again after a rest", ledgerTables, async (_t, database) => {
  const ledger = createLedger(database, () => START, undefined, createLane(database, 40));
  for (let index = 0; index < 15; index += 1) {
    await ledger.record(receipt());
    await new Promise((resolve) => setTimeout(resolve, index * 5));
  }
  const verdict = await verified(await fileOf(database));
  assert.ok(verdict.ok);
  assert.deepEqual([verdict.records, await lanesOf(database)], [15, [1]]);
});

/** Starts a writer and kills it once it has committed `count` receipts; returns the ids that it said were committed. */
async function killedWriter(t: TestContext, place: string, count: number): Promise<readonly string[]> {
  const child: ChildProcess = spawn(process.execPath, [WRITER, place], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split("\n").length > count) child.kill("SIGKILL");
  });
  await once(child, "close");
  const ids = output.split("\n").slice(0, -1);
  assert.ok(ids.length >= count, `of ${count} that were asked for, ${ids.length} were acknowledged`);
  return ids;
}

/** What was acknowledged is there, and the chain of the dead can be continued. */
async function requireWhole(database: Database, ids: readonly string[]): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select receipt_id as id from receipt_records where kind in ('call', 'outcome')`.execute(database.handle);
  const kept = new Set(rows.map(({ id }) => id));
  assert.deepEqual(
    ids.filter((id) => !kept.has(id)),
    [],
  );
  const ledger = createLedger(database, () => new Date());
  await change(ledger);
  await ledger.record(receipt());
  assert.ok((await verified(await fileOf(database, ALICE))).ok);
}

test("kill -9 in the middle of a batch: nothing acknowledged is lost, and the chain goes on (postgres)", async (t) => {
  const [one] = await twoHouses(t);
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(one.handle);
  const url = new URL(process.env["TEST_POSTGRES_URL"] ?? "");
  url.pathname = `/${rows[0]?.name}`;
  const writers = [killedWriter(t, url.href, 300), killedWriter(t, url.href, 350)];
  await requireWhole(one, (await Promise.all(writers)).flat());
});

test("kill -9 in the middle of a batch: nothing acknowledged is lost, and the chain goes on (pglite)", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "bellhop-chain-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const first = await openPGlite({ directory, clock: () => START });
  await first.migrate(ledgerTables);
  await first.close();
  const ids = await killedWriter(t, directory, 300);
  rmSync(join(directory, "postmaster.pid"), { force: true });
  const database = await openPGlite({ directory, clock: () => START });
  t.after(() => database.close());
  await requireWhole(database, ids);
});
