import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { until } from "../../test/bellhop.ts";
import { eachEngine, freshPostgres, openTestDatabase } from "../../test/database.ts";
import { again, completed, openWorkHouse, type WorkHouse, workTables } from "../../test/work/house.ts";
import type { Database } from "../database/handle.ts";
import { openPostgres } from "../database/postgres.ts";
import { AppError } from "../kernel/errors.ts";
import type { JobRun } from "../kernel/ports/jobs.ts";

const statusIs = (house: WorkHouse, job: { id: string; userId: string }, status: string) =>
  until(`a job that is ${status}`, async () => {
    const found = await house.find(job);
    return found.status === status ? found : undefined;
  });

/** Settles when the signal is aborted, with its reason. */
const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason));
  });

/** Two processes on one PostgreSQL. */
async function twoProcesses(t: TestContext): Promise<readonly [Database, Database]> {
  const url = await freshPostgres(t);
  const open = () => openPostgres({ url, report: () => undefined });
  const [one, other] = [await open(), await open()];
  await one.migrate(workTables);
  t.after(() => Promise.all([one.close(), other.close()]));
  return [one, other];
}

eachEngine("a runner takes what is added while it waits, so many at once", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const gate = Promise.withResolvers<void>();
  const seen = { now: 0, most: 0 };
  const runner = house.runner(
    async (id, run) => {
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await gate.promise;
      seen.now -= 1;
      await house.end(id, run, completed);
    },
    { concurrency: 2, lookMs: 60_000 },
  );
  await runner.start();
  const jobs = [await house.add(), await house.add(), await house.add(), await house.add(), await house.add()];
  await until("two runs", () => (seen.now === 2 ? true : undefined));
  gate.resolve();
  for (const job of jobs) await statusIs(house, job, "completed");
  assert.equal(seen.most, 2);
  await runner.stop();
  assert.deepEqual(house.problems, []);
  await house.close();
});

eachEngine("a process that runs none leaves jobs to the others", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const idle = house.runner(async () => assert.fail("it ran"), { concurrency: 0, lookMs: 10 });
  await idle.start();
  const job = await house.add();
  const other = await openWorkHouse(database);
  const busy = other.runner(async (id, run) => void (await other.end(id, run, completed)));
  await busy.start();
  await statusIs(house, job, "completed");
  await Promise.all([idle.stop(), busy.stop()]);
  await Promise.all([house.close(), other.close()]);
});

eachEngine(
  "what fails for now is tried again after a while, until its attempts are used up",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const attempts: number[] = [];
    const times: number[] = [];
    const runner = house.runner(async (id, run) => {
      attempts.push(run.attempt);
      times.push(performance.now());
      const error = new AppError("unavailable", "It is not there now.");
      await house.end(id, run, run.last ? { status: "failed", error } : again);
    });
    const job = await house.add({ attempts: 3 });
    await runner.start();
    const failed = await statusIs(house, job, "failed");
    assert.deepEqual([attempts, failed.dead, failed.attempt], [[1, 2, 3], true, 3]);
    const [first = 0, second = 0] = times;
    assert.ok(second - first >= 25, `the second try waited ${second - first} ms`);
    await runner.stop();
    await house.close();
  },
);

eachEngine(
  "stuck-running-job: a run that never ends loses its lease, another takes the job, and the zombie ends nothing",
  workTables,
  async (t, database) => {
    const leaseMs = 2_000;
    const dead = await openWorkHouse(database, { leaseMs });
    const job = await dead.add();
    const [zombie] = await dead.jobs.take(1);
    assert.ok(zombie);
    const firstStart = (await dead.find(job)).startedAt;
    // As kill -9 does: no heartbeat any more, and nobody gives anything back.
    zombie.run.release();

    const heir = await openWorkHouse(database, { leaseMs });
    const runs: JobRun[] = [];
    const gate = Promise.withResolvers<void>();
    const runner = heir.runner(async (id, run) => {
      runs.push(run);
      await gate.promise;
      await heir.end(id, run, completed);
    });
    const begun = performance.now();
    await runner.start();
    await until("the job to be taken over", () => runs[0]);
    t.diagnostic(`taken over after ${Math.round(performance.now() - begun)} ms`);
    assert.equal(runs[0]?.attempt, 2);
    const taken = await dead.find(job);
    assert.deepEqual([taken.status, taken.startedAt], ["running", firstStart]);
    assert.equal(
      await dead.end(job.id, zombie.run, completed),
      false,
      "fencing: the lease of the first is worth nothing",
    );
    assert.equal((await dead.find(job)).status, "running");
    // Longer than a lease: the heartbeat keeps what lives.
    const renewed = await until("three heartbeats", async () => {
      const found = await database.query(
        "select heartbeat_at - started_at > interval '5 seconds' as old from tool_jobs",
        [],
      );
      return JSON.stringify(found.rows).includes("true") ? true : undefined;
    });
    assert.ok(renewed);
    assert.equal(runs.length, 1);
    gate.resolve();
    await statusIs(dead, job, "completed");
    await runner.stop();
    await Promise.all([dead.close(), heir.close()]);
  },
);

eachEngine("a job whose runs all died is handed over once more, to be closed", workTables, async (_t, database) => {
  const house = await openWorkHouse(database, { leaseMs: 60 });
  const job = await house.add({ attempts: 2 });
  const seen: (readonly [number, boolean, boolean])[] = [];
  const runner = house.runner(async (id, run) => {
    seen.push([run.attempt, run.last, run.exhausted]);
    if (run.attempt <= 2) throw new Error("as if the process had died");
    await house.end(id, run, { status: "failed", error: new AppError("interrupted", "It never came to an end.") });
  });
  await runner.start();
  const failed = await statusIs(house, job, "failed");
  assert.deepEqual(seen, [
    [1, false, false],
    [2, true, false],
    [3, true, true],
  ]);
  assert.deepEqual([failed.dead, failed.error?.code], [true, "interrupted"]);
  await runner.stop();
  await house.close();
});

eachEngine(
  "what nobody can close is not handed over for ever: its job alone ends",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const job = await house.add({ attempts: 1, cancellable: false });
    const exhausted: boolean[] = [];
    const runner = house.runner(async (_id, run) => {
      exhausted.push(run.exhausted);
      // Its lease runs out at once, but for that of the last one: nothing may be left to it.
      if (run.attempt < 4) await database.query("update tool_jobs set lease_until = clock_timestamp()", []);
      throw new Error("the seal does not open");
    });
    await runner.start();
    const failed = await statusIs(house, job, "failed");
    await runner.stop();
    assert.deepEqual(exhausted, [false, true, true, true], "a moment's failure is not the end");
    assert.deepEqual([failed.dead, failed.error?.code], [true, "outcome_unknown"]);
    assert.match(failed.error?.next ?? "", /Do not call again/);
    assert.deepEqual(
      house.problems.map(String),
      exhausted.map(() => "Error: the seal does not open"),
    );
    assert.deepEqual(await house.jobs.take(5), []);
    await house.close();
  },
);

eachEngine(
  "stopping aborts what runs and gives it back; the attempt does not count",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const job = await house.add();
    const runner = house.runner(async (_id, run) => {
      throw await aborted(run.signal);
    });
    await runner.start();
    await statusIs(house, job, "running");
    await runner.stop();
    const back = await house.find(job);
    assert.deepEqual([back.status, back.attempt], ["queued", 0]);
    assert.deepEqual(house.problems, []);
    const next = house.runner(async (id, run) => void (await house.end(id, run, completed)));
    await next.start();
    assert.equal((await statusIs(house, job, "completed")).attempt, 1);
    await next.stop();
    await house.close();
  },
);

test("the embedded database has one process, so what others held is taken at once", async (t) => {
  const database = await openTestDatabase(t, "pglite", workTables);
  const former = await openWorkHouse(database, { leaseMs: 3_600_000 });
  const job = await former.add({ status: "running", hidden: true });
  const now = await openWorkHouse(database, { leaseMs: 3_600_000 });
  const runner = now.runner(async (id, run) => void (await now.end(id, run, completed)));
  await runner.start();
  const ended = await statusIs(now, job, "completed");
  assert.deepEqual([ended.attempt, ended.hidden], [2, false]);
  await runner.stop();
  await Promise.all([former.close(), now.close()]);
  await database.close();
});

test("two processes never run a job at the same time, and both do their share", async (t) => {
  const databases = await twoProcesses(t);
  const houses = [await openWorkHouse(databases[0]), await openWorkHouse(databases[1])] as const;
  const ran: string[][] = [[], []];
  const runners = houses.map((house, index) =>
    house.runner(
      async (id, run) => {
        ran[index]?.push(id);
        await house.end(id, run, completed);
      },
      { concurrency: 3 },
    ),
  );
  const jobs = await Promise.all(Array.from({ length: 60 }, () => houses[0].add()));
  await Promise.all(runners.map((runner) => runner.start()));
  for (const job of jobs) await statusIs(houses[0], job, "completed");
  await Promise.all(runners.map((runner) => runner.stop()));
  const all = ran.flat();
  assert.deepEqual([all.length, new Set(all).size], [60, 60]);
  assert.ok(ran.every((ids) => ids.length > 0));
  await Promise.all(houses.map((house) => house.close()));
});

test("what is queued by one process begins in the other at once, and is cancelled from the first", async (t) => {
  const [here, there] = await twoProcesses(t);
  const [asking, working] = [await openWorkHouse(here), await openWorkHouse(there)];
  const stopped = Promise.withResolvers<unknown>();
  const begun = Promise.withResolvers<number>();
  const runner = working.runner(
    async (_id, run) => {
      begun.resolve(performance.now());
      stopped.resolve(await aborted(run.signal));
      throw run.signal.reason;
    },
    { lookMs: 60_000 },
  );
  await runner.start();
  const added = performance.now();
  const job = await asking.add();
  // By the notification: by itself it would look after a minute.
  assert.ok((await begun.promise) - added < 10_000);
  await here.transaction((handle) => asking.jobs.cancel(handle, job.userId, job.id, new Date()));
  const reason = await stopped.promise;
  assert.ok(reason instanceof AppError && reason.code === "cancelled");
  await runner.stop();
  assert.equal((await asking.find(job)).status, "cancelled");
  assert.deepEqual(working.problems, []);
  await Promise.all([asking.close(), working.close()]);
});

test("progress of one process is news at the other", async (t) => {
  const [here, there] = await twoProcesses(t);
  const [watching, working] = [await openWorkHouse(here), await openWorkHouse(there)];
  const job = await watching.add();
  const stop = new AbortController();
  const watch = watching.feed.watch({ userId: job.userId, after: job.id, signal: stop.signal });
  const gate = Promise.withResolvers<void>();
  const runner = working.runner(async (id, run) => {
    run.progress({ stage: "Reads your receipts", percent: 40, etaSeconds: 3 });
    await gate.promise;
    await working.end(id, run, completed);
  });
  await runner.start();
  const seen: string[] = [];
  for (;;) {
    const { value: news, done } = await watch.next();
    if (done) break;
    if (!news) continue;
    const { status, progress } = news.item.job;
    seen.push(`${status} ${progress?.stage ?? "-"} ${progress?.percent ?? "-"}`);
    if (progress) gate.resolve();
    if (status === "completed") break;
  }
  assert.deepEqual(seen.slice(-2), ["running Reads your receipts 40", "completed Reads your receipts 40"]);
  assert.equal(new Set(seen).size, seen.length, "each stands there once");
  stop.abort();
  await runner.stop();
  await Promise.all([watching.close(), working.close()]);
});
