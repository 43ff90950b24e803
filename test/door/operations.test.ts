import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { sql } from "kysely";
import type { Database } from "../../src/database/handle.ts";
import { until } from "../bellhop.ts";
import { eachEngine } from "../database.ts";
import { fixtureToolset, newOutside, notesTable } from "./fixture.ts";
import { allTables, type DoorHouse, openDoorHouse } from "./house.ts";

const tables = [...allTables, notesTable];

async function house(t: TestContext, database: Database, more: Partial<Parameters<typeof openDoorHouse>[1]> = {}) {
  const outside = newOutside();
  const opened = await openDoorHouse(database, { toolsets: [fixtureToolset(outside)], ...more });
  t.after(() => assert.deepEqual(opened.problems, []));
  return { ...opened, outside };
}

const words = async ({ database }: Pick<DoorHouse, "database">, userId: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ word: string }>`select word from notes where user_id = ${userId} order by word`.execute(
    database.handle,
  );
  return rows.map((row) => row.word);
};

const outcomes = async ({ receipts }: Pick<DoorHouse, "receipts">, userId: string): Promise<readonly string[]> =>
  (await receipts.page({ userId, limit: 100 })).receipts
    .map(({ tool, outcome, code }) => [tool, outcome, code].filter(Boolean).join(" "))
    .toSorted();

eachEngine("the same operation id runs once and is answered alike, other arguments are refused", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const first = await h.call(ana, "note", { word: "once" }, { key: "operation-1" });
  const again = await h.call(ana, "note", { word: "once" }, { key: "operation-1" });
  assert.ok(first.ok && again.ok);
  assert.deepEqual(again.answer, first.answer);
  assert.equal(again.receiptId, first.receiptId);
  const other = await h.call(ana, "note", { word: "twice" }, { key: "operation-1" });
  assert.equal(other.ok ? "ok" : other.error.code, "operation_mismatch");
  const elsewhere = await h.call(ana, "slow_read", { word: "once" }, { key: "operation-1" });
  assert.equal(elsewhere.ok ? "ok" : elsewhere.error.code, "operation_mismatch");
  assert.deepEqual(await words(h, ana), ["once"]);
  // Another person's, and another client's, stand for themselves.
  const bob = await h.person();
  assert.ok((await h.call(bob, "note", { word: "once" }, { key: "operation-1" })).ok);
  await h.close();
});

eachEngine("double-execute: of fifty alike at once one runs, and all others get its answer or are told to wait", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const results = await Promise.all(
    Array.from({ length: 50 }, () => h.call(ana, "note", { word: "once" }, { key: "operation-1" })),
  );
  assert.deepEqual(await words(h, ana), ["once"]);
  for (const result of results) assert.ok(result.ok || result.error.code === "operation_running");
  assert.ok(results.some((result) => result.ok));
  await h.close();
});

eachEngine("a refusal that lasts is answered again; one that may pass frees the operation id", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  for (let tried = 0; tried < 2; tried += 1) {
    const result = await h.call(ana, "note", { word: "bad" }, { key: "operation-1" });
    assert.equal(result.ok ? "ok" : result.error.code, "conflict");
  }
  assert.equal((await outcomes(h, ana)).filter((line) => line === "note refused conflict").length, 2);
  await h.close();
});

eachEngine("a call past the deadline becomes a job, goes on, and its answer is kept", tables, async (t, database) => {
  const gate = Promise.withResolvers<void>();
  const outside = newOutside();
  const h = await openDoorHouse(database, {
    toolsets: [fixtureToolset(outside, () => gate.promise)],
    deadlineMs: 30,
  });
  const ana = await h.person();
  const result = await h.call(ana, "slow_read", { word: "late" }, { key: "operation-1" });
  const { id, kind } = h.pendingOf(result);
  assert.equal(kind, "job");
  assert.equal(id, result.receiptId);
  assert.deepEqual(await outcomes(h, ana), ["slow_read open"]);
  gate.resolve();
  const answer = await until("the answer", async () => {
    const later = await h.call(ana, "slow_read", { word: "late" }, { key: "operation-1" });
    return later.ok && later.answer.text === "Read late." ? later : undefined;
  });
  assert.equal(answer.receiptId, id);
  assert.deepEqual(h.problems, []);
  await h.close();
});

eachEngine("a write past the deadline becomes a job too, and commits once", tables, async (_t, database) => {
  const gate = Promise.withResolvers<void>();
  const outside = newOutside();
  const h = await openDoorHouse(database, {
    toolsets: [fixtureToolset(outside, () => gate.promise)],
    deadlineMs: 30,
  });
  const ana = await h.person();
  const calling = h.call(ana, "note", { word: "late" });
  // The embedded database has one connection, and the call holds it: there it is answered when it has ended.
  if (database.engine === "pglite") setTimeout(gate.resolve, 100);
  const result = await calling;
  if (database.engine === "postgres") assert.equal(h.pendingOf(result).kind, "job");
  gate.resolve();
  await until("the word", async () => ((await words(h, ana)).length > 0 ? true : undefined));
  await until("the receipt", async () => ((await outcomes(h, ana)).includes("note ok") ? true : undefined));
  assert.deepEqual(await words(h, ana), ["late"]);
  assert.deepEqual(h.problems, []);
  await h.close();
});

eachEngine("a background tool is queued, run by a worker, and its files come with its outcome", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const result = await h.call(ana, "report", { word: "all of it" });
  const { id } = h.pendingOf(result);
  assert.deepEqual(await outcomes(h, ana), ["report open"]);
  await h.runner.start();
  await until("the report", async () => ((await outcomes(h, ana)).includes("report ok") ? true : undefined));
  const { rows } = await sql<{ name: string }>`select name from tool_job_artifacts where job_id = ${id}`.execute(
    database.handle,
  );
  assert.deepEqual(rows, [{ name: "report.md" }]);
  await h.close();
});

eachEngine("cancel-overwrite: a job that is cancelled while it runs ends cancelled, whatever its run does", tables, async (_t, database) => {
  const gate = Promise.withResolvers<void>();
  const h = await openDoorHouse(database, { toolsets: [fixtureToolset(newOutside(), () => gate.promise)] });
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "report", { word: "never" }));
  await h.runner.start();
  const status = async (): Promise<string | undefined> => {
    const { rows } = await sql<{ status: string }>`select status from tool_jobs where id = ${id}`.execute(database.handle);
    return rows[0]?.status;
  };
  await until("the run", async () => ((await status()) === "running" ? true : undefined));
  await database.transaction((handle) => h.jobs.cancel(handle, ana, id, new Date()));
  gate.resolve();
  await until("the receipt", async () => ((await outcomes(h, ana)).includes("report refused cancelled") ? true : undefined));
  assert.equal(await status(), "cancelled");
  assert.deepEqual(h.problems, []);
  await h.close();
});
