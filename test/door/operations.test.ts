import assert from "node:assert/strict";
import { sql } from "kysely";
import { until } from "../bellhop.ts";
import { eachDoor, openFixtureHouse, outcomesOf, wordsOf } from "./house.ts";

eachDoor("the same operation id runs once and is answered alike, other arguments are refused", {}, async (h) => {
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
  assert.deepEqual(await wordsOf(h), ["once"]);
  // Another person's, and another client's, stand for themselves.
  const bob = await h.person();
  assert.ok((await h.call(bob, "note", { word: "once" }, { key: "operation-1" })).ok);
});

eachDoor(
  "double-execute: of fifty alike at once one runs, and all others get its answer or are told to wait",
  {},
  async (h) => {
    const ana = await h.person();
    const results = await Promise.all(
      Array.from({ length: 50 }, () => h.call(ana, "note", { word: "once" }, { key: "operation-1" })),
    );
    assert.deepEqual(await wordsOf(h), ["once"]);
    for (const result of results)
      assert.equal(result.ok ? "operation_running" : result.error.code, "operation_running");
    assert.ok(results.some((result) => result.ok));
  },
);

eachDoor("a refusal that lasts is answered again; one that may pass frees the operation id", {}, async (h) => {
  const ana = await h.person();
  for (let tried = 0; tried < 2; tried += 1) {
    const result = await h.call(ana, "note", { word: "bad" }, { key: "operation-1" });
    assert.equal(result.ok ? "ok" : result.error.code, "conflict");
  }
  assert.equal((await outcomesOf(h, ana)).filter((line) => line === "note refused conflict").length, 2);
});

eachDoor(
  "a call past the deadline becomes a job, goes on, and its answer is kept",
  { gated: true, deadlineMs: 30 },
  async (h) => {
    const ana = await h.person();
    const result = await h.call(ana, "slow_read", { word: "late" }, { key: "operation-1" });
    const { id, kind } = h.pendingOf(result);
    assert.equal(kind, "job");
    assert.equal(id, result.receiptId);
    assert.deepEqual(await outcomesOf(h, ana), ["slow_read open"]);
    h.open();
    const answer = await until("the answer", async () => {
      const later = await h.call(ana, "slow_read", { word: "late" }, { key: "operation-1" });
      return later.ok && later.answer.text === "Read late." ? later : undefined;
    });
    assert.equal(answer.receiptId, id);
  },
);

eachDoor(
  "a write past the deadline becomes a job too, and commits once",
  { gated: true, deadlineMs: 30 },
  async (h) => {
    const { engine } = h.database;
    const ana = await h.person();
    const calling = h.call(ana, "note", { word: "late" });
    // The embedded database has one connection, and the call holds it: there it is answered when it has ended.
    if (engine === "pglite") await until("the call to be late", h.isLate).then(h.open);
    const result = await calling;
    if (engine === "postgres") assert.equal(h.pendingOf(result).kind, "job");
    h.open();
    await until("the word", async () => ((await wordsOf(h)).length > 0 ? true : undefined));
    await until("the receipt", async () => ((await outcomesOf(h, ana)).includes("note ok") ? true : undefined));
    assert.deepEqual(await wordsOf(h), ["late"]);
  },
);

eachDoor("a background tool is queued, run by a worker, and its files come with its outcome", {}, async (h) => {
  const ana = await h.person();
  const result = await h.call(ana, "report", { word: "all of it" });
  const { id } = h.pendingOf(result);
  assert.deepEqual(await outcomesOf(h, ana), ["report open"]);
  await h.runner.start();
  await until("the report", async () => ((await outcomesOf(h, ana)).includes("report ok") ? true : undefined));
  const { rows } = await sql<{ name: string }>`select name from tool_job_artifacts where job_id = ${id}`.execute(
    h.database.handle,
  );
  assert.deepEqual(rows, [{ name: "report.md" }]);
});

eachDoor(
  "cancel-overwrite: a job that is cancelled while it runs ends cancelled, whatever its run does",
  { gated: true },
  async (h) => {
    const { database } = h;
    const ana = await h.person();
    const { id } = h.pendingOf(await h.call(ana, "report", { word: "never" }));
    await h.runner.start();
    const status = async (): Promise<string | undefined> => {
      const { rows } = await sql<{ status: string }>`select status from tool_jobs where id = ${id}`.execute(
        database.handle,
      );
      return rows[0]?.status;
    };
    await until("the run", async () => ((await status()) === "running" ? true : undefined));
    await database.transaction((handle) => h.jobs.cancel(handle, ana, id, new Date()));
    h.open();
    await until("the receipt", async () =>
      (await outcomesOf(h, ana)).includes("report refused cancelled") ? true : undefined,
    );
    assert.equal(await status(), "cancelled");
  },
);

eachDoor("a result of 100 MB is refused with a receipt, and the next call is answered", {}, async (h) => {
  const ana = await h.person();
  for (const as of ["text", "data"]) {
    const result = await h.call(ana, "huge", { megabytes: 100, as });
    assert.equal(result.ok ? "ok" : result.error.code, "result_too_large", as);
  }
  assert.ok((await h.call(ana, "slow_read", { word: "next" })).ok);
  const refused = "huge refused result_too_large";
  assert.deepEqual(await outcomesOf(h, ana), [refused, refused, "slow_read ok"]);
});

eachDoor("receipts are found by the wallet that a call was about", {}, async (h) => {
  const ana = await h.person();
  for (const wallet of ["wallet-1", "wallet-2", "wallet-1"]) await h.call(ana, "balance", { wallet });
  await h.call(ana, "slow_read", { word: "of no wallet" });
  const found = async (wallet: string): Promise<number> =>
    (await h.receipts.page({ userId: ana, limit: 10, wallet })).receipts.length;
  assert.deepEqual([await found("wallet-1"), await found("wallet-2"), await found("wallet-3")], [2, 1, 0]);
});

eachDoor("an operation id of another form is refused with a receipt, and nothing is run", {}, async (h) => {
  const ana = await h.person();
  for (const key of ["", "short", "with a space", "x".repeat(129)]) {
    const result = await h.call(ana, "note", { word: "never" }, { key });
    assert.equal(result.ok ? "ok" : result.error.code, "invalid_input", key);
  }
  assert.deepEqual(await wordsOf(h), []);
  assert.equal((await outcomesOf(h, ana)).length, 4);
});

eachDoor(
  "a clock that is an hour ahead takes nobody's job: leases go by the database's time",
  { gated: true },
  async (h) => {
    const ana = await h.person();
    const { id } = h.pendingOf(await h.call(ana, "report", { word: "mine" }));
    await h.runner.start();
    await until("the run", async () => {
      const { rows } = await sql`select 1 from tool_jobs where id = ${id} and status = 'running'`.execute(
        h.database.handle,
      );
      return rows.length === 1 ? true : undefined;
    });
    const other = await openFixtureHouse(h.database, { now: () => new Date(Date.now() + 3_600_000) });
    try {
      assert.deepEqual(await other.jobs.take(10), []);
    } finally {
      await other.close();
    }
  },
);

eachDoor("a process that stops gives its jobs back, and another one ends them", { gated: true }, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "report", { word: "handed on" }));
  const first = await openFixtureHouse(h.database, { gated: true });
  await first.runner.start();
  const status = async (): Promise<unknown> => {
    const { rows } = await sql<{ status: string }>`select status from tool_jobs where id = ${id}`.execute(
      h.database.handle,
    );
    return rows[0]?.status;
  };
  await until("the run", async () => ((await status()) === "running" ? true : undefined));
  await first.runner.stop();
  assert.equal(await status(), "queued");
  await first.close();
  h.open();
  await h.runner.start();
  await until("the end", async () => ((await status()) === "completed" ? true : undefined));
  assert.deepEqual(await outcomesOf(h, ana), ["report ok"]);
});
