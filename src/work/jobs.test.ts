import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { until } from "../../test/bellhop.ts";
import { eachEngine } from "../../test/database.ts";
import { again, completed, openWorkHouse, workTables } from "../../test/work/house.ts";
import { AppError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { createSealer } from "../kernel/seal.ts";
import { backoffMs } from "./backoff.ts";
import { checkedFiles, isArtifactName, openFile } from "./artifacts.ts";
import { listArtifacts, selectArtifact } from "./records/artifacts.ts";
import { selectJobs } from "./records/jobs.ts";
import { KEPT_DAYS, sweepWork } from "./sweep.ts";
import { workData } from "./work-data.ts";

eachEngine(
  "a job is taken once, held, and ends with its files in one transaction",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const job = await house.add();
    assert.deepEqual((await house.find(job)).status, "queued");
    const [taken, ...others] = await house.jobs.take(5);
    assert.ok(taken);
    assert.equal(others.length, 0);
    assert.deepEqual(await house.jobs.take(5), [], "whoever asks next finds it taken");
    const running = await house.find(job);
    assert.deepEqual([running.status, running.attempt, running.startedAt instanceof Date], ["running", 1, true]);
    assert.deepEqual([taken.run.attempt, taken.run.last], [1, false]);

    const files = [
      { name: "report.md", mediaType: "text/markdown", body: "# Report" },
      { name: "picture.png", mediaType: "image/png", body: new Uint8Array([0, 1, 2, 255]) },
    ];
    await assert.rejects(
      database.transaction(async (handle) => {
        assert.equal(await house.jobs.end(handle, job.id, taken.run.lease, { status: "completed", files }), true);
        throw new Error("the call could not be closed");
      }),
    );
    assert.equal((await house.find(job)).status, "running", "what was rolled back did not end it");
    assert.deepEqual(await listArtifacts(database.handle, [job.id]), []);

    assert.equal(await house.end(job.id, taken.run, { status: "completed", files }), true);
    assert.equal(
      await house.end(job.id, taken.run, { status: "completed", files }),
      false,
      "a second end finds nothing",
    );
    const ended = await house.find(job);
    assert.deepEqual([ended.status, ended.finishedAt instanceof Date], ["completed", true]);
    const stored = await listArtifacts(database.handle, [job.id]);
    assert.deepEqual(
      stored.map(({ name, bytes }) => [name, bytes]),
      [
        ["report.md", 8],
        ["picture.png", 4],
      ],
    );
    const picture = await selectArtifact(database.handle, job.id, "picture.png");
    assert.ok(picture && !Buffer.from(picture.sealed).includes(Buffer.from([0, 1, 2, 255])));
    assert.deepEqual([...openFile(house.sealer, picture)], [0, 1, 2, 255]);
    const elsewhere = { ...picture, name: "report.md" };
    assert.throws(() => openFile(house.sealer, elsewhere), { code: "unavailable" }, "it opens in its own place alone");
    const another = createSealer("another master secret of these tests", "operations");
    assert.throws(() => openFile(another, picture), { code: "unavailable" });
    taken.run.release();
    await house.close();
  },
);

eachEngine(
  "what was added as running is held by whoever added it, and by nobody else",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const job = await house.add({ status: "running", cancellable: false, attempts: 1, hidden: true });
    assert.deepEqual(await house.jobs.take(5), []);
    const run = house.jobs.hold(job.id);
    assert.deepEqual([run.attempt, run.last, run.exhausted], [1, true, false]);
    assert.deepEqual(await selectJobs(database.handle, { userId: job.userId, limit: 5 }), [], "lists leave it out");
    await house.jobs.show(job.id);
    assert.equal((await selectJobs(database.handle, { userId: job.userId, limit: 5 })).length, 1);
    assert.equal(await house.end(job.id, { lease: "no lease" }, completed), false);
    assert.equal(await house.end(job.id, run, completed), true);
    run.release();
    await house.close();
  },
);

eachEngine(
  "a run may be held before its job is added; a heartbeat in between does not lose it",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database, { leaseMs: 600 });
    const id = uuidv7(new Date());
    const run = house.jobs.hold(id);
    const other = await house.add({ status: "running" });
    const seen = house.jobs.hold(other.id);
    // The other's heartbeat is one for all that are held.
    await until("a heartbeat", async () => {
      const { rows } = await sql<{ beats: boolean }>`
      select heartbeat_at > started_at as beats from tool_jobs where id = ${other.id}`.execute(database.handle);
      return rows[0]?.beats ? true : undefined;
    });
    assert.equal(run.signal.aborted, false);
    const job = await house.add({ id, status: "running", attempts: 1 });
    assert.equal(run.last, true);
    assert.equal(await house.end(job.id, run, completed), true);
    run.release();
    seen.release();
    await house.close();
  },
);

eachEngine(
  "a job's person takes along what it was, with the names of its files; erased, a run under way ends nothing",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const done = await house.add();
    const [first] = await house.jobs.take(1);
    assert.ok(first);
    await house.end(done.id, first.run, {
      status: "completed",
      files: [{ name: "report.md", mediaType: "text/markdown", body: "what is in it" }],
    });
    const job = await house.add({ userId: done.userId });
    const [second] = await house.jobs.take(1);
    assert.ok(second);
    const data = workData.find(({ name }) => name === "jobs");
    assert.ok(data?.erase);
    const rows = data.exportOf(database.handle, done.userId);
    assert.ok(Symbol.asyncIterator in rows);
    const exported: unknown[] = [];
    for await (const row of rows) exported.push(row);
    assert.equal(exported.length, 2);
    assert.match(JSON.stringify(exported), /"name":"report.md"/);
    assert.doesNotMatch(JSON.stringify(exported), /what is in it/);
    await database.transaction(async (handle) =>
      data.erase?.(handle, done.userId, { receiptId: job.id, now: new Date() }),
    );
    assert.equal(await house.end(job.id, second.run, completed), false);
    assert.deepEqual(await listArtifacts(database.handle, [done.id]), []);
    await house.close();
  },
);

eachEngine(
  "a failed try comes again after a while; the last one that fails is dead",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database, { backoff: { firstMs: 60_000, mostMs: 100_000 } });
    const job = await house.add({ attempts: 2 });
    const [first] = await house.jobs.take(1);
    assert.ok(first);
    assert.equal(await house.end(job.id, first.run, again), true);
    const waiting = await house.find(job);
    assert.deepEqual([waiting.status, waiting.error?.code], ["queued", "unavailable"]);
    const wait = waiting.runAt.getTime() - Date.now();
    assert.ok(wait > 40_000 && wait < 46_000, `half of a minute, and half of the rest by chance: ${wait}`);
    assert.deepEqual(await house.jobs.take(1), [], "not before its time");
    await sql`update tool_jobs set run_at = now() where id = ${job.id}`.execute(database.handle);
    const [second] = await house.jobs.take(1);
    assert.ok(second);
    assert.deepEqual([second.run.attempt, second.run.last], [2, true]);
    await house.end(job.id, second.run, { status: "failed", error: new AppError("unavailable", "Still not there.") });
    const dead = await house.find(job);
    assert.deepEqual([dead.status, dead.dead, dead.error?.message], ["failed", true, "Still not there."]);
    await house.close();
  },
);

eachEngine(
  "a person has twenty jobs of background tools at most; what they decided on is never refused",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const userId = await house.person();
    const several = (count: number) =>
      Promise.allSettled(Array.from({ length: count }, () => house.add({ userId, bounded: true })));
    await house.add({ userId });
    const first = await several(25);
    assert.equal(first.filter(({ status }) => status === "fulfilled").length, 20, "also of those that come at once");
    await assert.rejects(house.add({ userId, bounded: true }), {
      code: "rate_limited",
      message: "20 jobs wait already.",
      details: { retryAfter: 60 },
    });
    await house.add({ userId });
    await house.add({ bounded: true });
    const { rows } = await sql<{ id: string }>`
      select id from tool_jobs where user_id = ${userId} and bounded and status = 'queued' order by id limit 1`.execute(
      database.handle,
    );
    await database.transaction((handle) => house.jobs.cancel(handle, userId, rows[0]?.id ?? "", new Date()));
    await house.add({ userId, bounded: true });
    await assert.rejects(house.add({ userId, bounded: true }), { code: "rate_limited" });
    await house.close();
  },
);

eachEngine("who has many jobs holds up nobody: each person's turn comes", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const [busy, other, third] = [await house.person(), await house.person(), await house.person()];
  const names = new Map<string, string>();
  const add = async (userId: string, name: string): Promise<void> =>
    void names.set((await house.add({ userId })).id, name);
  for (const name of ["busy 1", "busy 2", "busy 3", "busy 4"]) await add(busy, name);
  await add(other, "other 1");
  await add(other, "other 2");
  const next = async (limit: number) =>
    (await house.jobs.take(limit)).map(({ id }) => names.get(id) ?? "unknown").toSorted();
  assert.deepEqual(await next(3), ["busy 1", "busy 2", "other 1"]);
  await add(third, "third 1");
  assert.deepEqual(await next(1), ["third 1"], "who has none under way, before those who waited longer");
  assert.deepEqual(await next(1), ["other 2"], "one under way, before two");
  assert.deepEqual(await next(5), ["busy 3", "busy 4"], "and nothing is left out");
  await house.close();
});

eachEngine("what no further try could mend fails without being dead", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const job = await house.add({ attempts: 1 });
  const [taken] = await house.jobs.take(1);
  assert.ok(taken);
  await house.end(job.id, taken.run, { status: "failed", error: new AppError("paused", "Everything is paused.") });
  assert.deepEqual([(await house.find(job)).status, (await house.find(job)).dead], ["failed", false]);
  await house.close();
});

eachEngine(
  "cancelling: what has not begun, and what may be stopped; once, and only one's own",
  workTables,
  async (t, database) => {
    const house = await openWorkHouse(database);
    const cancel = (userId: string, id: string) =>
      database.transaction((handle) => house.jobs.cancel(handle, userId, id, new Date()));

    await t.test("a queued one, with its operation in the same transaction", async () => {
      const job = await house.add({ cancellable: false });
      assert.equal(await cancel(job.userId, job.id), "cancelled");
      assert.deepEqual(house.closed, [job.id]);
      assert.equal(await cancel(job.userId, job.id), "ended");
      assert.deepEqual(await house.jobs.take(5), []);
    });

    await t.test("a running one, whose run is told to stop", async () => {
      const job = await house.add();
      const [taken] = await house.jobs.take(1);
      assert.ok(taken);
      const stopped = new Promise((resolve) => taken.run.signal.addEventListener("abort", resolve));
      assert.equal(await cancel(job.userId, job.id), "cancelled");
      await stopped;
      assert.equal(await house.end(job.id, taken.run, completed), false);
      taken.run.release();
    });

    await t.test("not what has begun outside, also while it waits to look again", async () => {
      const job = await house.add({ cancellable: false });
      const [taken] = await house.jobs.take(1);
      assert.ok(taken);
      assert.equal(await cancel(job.userId, job.id), "not_cancellable");
      await house.end(job.id, taken.run, again);
      assert.equal(await cancel(job.userId, job.id), "not_cancellable");
    });

    await t.test("nobody else's, none that is unknown, and what is no id at all", async () => {
      const job = await house.add();
      assert.equal(await cancel(await house.person(), job.id), null);
      assert.equal(await cancel(job.userId, "0199a000-0000-7000-8000-00000000000a"), null);
      assert.equal(await cancel(job.userId, "../etc"), null);
      assert.equal((await house.find(job)).status, "queued");
    });

    await t.test("whose operation cannot be closed stays as it was", async () => {
      const other = await openWorkHouse(database, { closeCancelled: () => Promise.reject(new Error("not now")) });
      const job = await other.add();
      const attempt = database.transaction((handle) => other.jobs.cancel(handle, job.userId, job.id, new Date()));
      await assert.rejects(attempt, /not now/);
      assert.equal((await other.find(job)).status, "queued");
      await other.close();
    });
    await house.close();
  },
);

eachEngine(
  "a sweep ends what waited too long, closes its operation, and deletes what ended long ago",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const [waiting, late, begun, old] = [await house.add(), await house.add(), await house.add(), await house.add()];
    const { userId } = waiting;
    await sql`update tool_jobs set run_at = now() + interval '1 hour' where id in (${waiting.id}, ${late.id})`.execute(
      database.handle,
    );
    for (const taken of await house.jobs.take(2))
      await house.end(taken.id, taken.run, taken.id === old.id ? completed : again);
    await sql`update tool_jobs set expires_at = now() - interval '1 second' where id = ${late.id}`.execute(
      database.handle,
    );
    const age = KEPT_DAYS * 86_400 + 60;
    await sql`alter table tool_jobs disable trigger tool_jobs_changed`.execute(database.handle);
    await sql`update tool_jobs set finished_at = now() - ${age} * interval '1 second' where id = ${old.id}`.execute(
      database.handle,
    );
    await sql`alter table tool_jobs enable trigger tool_jobs_changed`.execute(database.handle);
    assert.equal(await sweepWork({ ...house, closeExpired: house.closeCancelled, clock: () => new Date() }), 1);
    assert.deepEqual(house.closed, [late.id]);
    assert.deepEqual([(await house.find(late)).status, (await house.find(begun)).status], ["expired", "queued"]);
    assert.deepEqual(
      (await selectJobs(database.handle, { userId, limit: 5 })).map(({ id }) => id),
      [waiting.id],
    );
    await assert.rejects(house.find(old), /gone/);
    await house.close();
  },
);

eachEngine(
  "one sweep ends all that waited too long, also after a day without workers",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const userId = await house.person();
    await sql`
    insert into tool_jobs (id, user_id, client_id, tool, status, max_attempts, run_at, expires_at, cancellable, hidden,
      bounded, created_at)
    select gen_random_uuid(), ${userId}, 'client_1', 'account_report', 'queued', 3, now(), now() - interval '1 second', true,
      false, false, now() from generate_series(1, 230)`.execute(database.handle);
    assert.deepEqual(await house.jobs.take(1), [], "none of them is begun any more");
    assert.equal(await sweepWork({ ...house, closeExpired: house.closeCancelled, clock: () => new Date() }), 230);
    assert.equal(house.closed.length, 230);
    await house.close();
  },
);

test("a name of a file is a file's alone", () => {
  for (const name of ["report.html", "a", "A-1_b.tar.gz", "x".repeat(100)]) assert.ok(isArtifactName(name), name);
  for (const name of [
    "",
    ".",
    "..",
    "../a",
    "a/../b",
    "a..b",
    "a/b",
    "a\\b",
    ".env",
    "-rf",
    "a b",
    "ä",
    "a\n",
    "x".repeat(101),
  ])
    assert.ok(!isArtifactName(name), JSON.stringify(name));
});

test("files beyond their bounds are refused in a sentence, and nothing of them is kept", () => {
  const file = (bytes: number, name = "a.bin") => ({
    name,
    mediaType: "application/octet-stream",
    body: new Uint8Array(bytes),
  });
  const MB = 1024 * 1024;
  const many = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, index) => file(bytes, `${index}.bin`));
  assert.equal(checkedFiles([...many(3, 10 * MB), file(10 * MB)]).length, 4);
  assert.equal(checkedFiles(many(20, 1)).length, 20);
  const tooLarge = { code: "result_too_large" };
  assert.throws(() => checkedFiles([file(10 * MB + 1)]), tooLarge);
  assert.throws(() => checkedFiles([{ ...file(0), body: "x".repeat(100 * MB) }]), tooLarge);
  assert.throws(() => checkedFiles([...many(4, 10 * MB), file(1)]), tooLarge);
  assert.throws(() => checkedFiles(many(21, 1)), tooLarge);
  assert.throws(() => checkedFiles([file(1), file(1)]), { code: "internal" });
  assert.throws(() => checkedFiles([file(1, "../a")]), { code: "internal" });
  assert.throws(() => checkedFiles([{ ...file(1), mediaType: "text/html\r\nx: y" }]), { code: "internal" });
});

test("waits double up to a bound, and chance never takes more than half of one", () => {
  const backoff = { firstMs: 1_000, mostMs: 60_000 };
  const waits = (random: number) => [1, 2, 3, 7, 1_000].map((attempt) => backoffMs(backoff, attempt, () => random));
  assert.deepEqual(waits(0), [500, 1_000, 2_000, 30_000, 30_000]);
  assert.deepEqual(waits(0.999_999), [1_000, 2_000, 4_000, 60_000, 60_000]);
});
