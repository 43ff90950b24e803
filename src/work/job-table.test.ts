import assert from "node:assert/strict";
import { sql } from "kysely";
import { eachEngine } from "../../test/database.ts";
import { completed, openWorkHouse, workTables } from "../../test/work/house.ts";
import { uuidv7 } from "../kernel/ids.ts";

const HOLDER = "0199a000-0000-7000-8000-0000000000aa";

eachEngine(
  "stuck-running-job: the table refuses a job without owner, start, holder or end",
  workTables,
  async (t, database) => {
    const house = await openWorkHouse(database);
    const userId = await house.person();
    /** Writes a row as a program gone wrong would. */
    const insert = (row: Record<string, string | number | null>): Promise<unknown> => {
      const whole = {
        id: uuidv7(new Date()),
        user_id: userId,
        client_id: "client_1",
        tool: "account_report",
        status: "queued",
        max_attempts: 3,
        run_at: "2026-11-30T10:00:00Z",
        cancellable: "true",
        hidden: "false",
        bounded: "false",
        created_at: "2026-11-30T10:00:00Z",
        ...row,
      };
      const columns = sql.join(Object.keys(whole).map((name) => sql.ref(name)));
      return sql`insert into tool_jobs (${columns}) values (${sql.join(Object.values(whole))})`.execute(
        database.handle,
      );
    };
    const at = "2026-11-30T10:00:01Z";
    const held = { holder: HOLDER, lease_until: at };

    await t.test("what is whole is stored", async () => {
      await insert({});
      await insert({ status: "running", started_at: at, ...held });
      await insert({ status: "completed", started_at: at, finished_at: at });
      await insert({ status: "failed", started_at: at, finished_at: at, code: "internal" });
      await insert({ status: "cancelled", finished_at: at });
      await insert({ status: "expired", finished_at: at });
    });

    const refused: Record<string, Record<string, string | null>> = {
      "without an owner": { user_id: null },
      "that no client asked for": { client_id: null },
      "of an owner whom nobody knows": { user_id: HOLDER },
      "running without a start": { status: "running", ...held },
      "completed without a start": { status: "completed", finished_at: at },
      "failed without a start": { status: "failed", finished_at: at, code: "internal" },
      "running without a holder": { status: "running", started_at: at, lease_until: at },
      "running without a lease": { status: "running", started_at: at, holder: HOLDER },
      "queued but held": held,
      "completed but held": { status: "completed", started_at: at, finished_at: at, ...held },
      "completed without an end": { status: "completed", started_at: at },
      "cancelled without an end": { status: "cancelled" },
      "running with an end": { status: "running", started_at: at, finished_at: at, ...held },
      "failed without a reason": { status: "failed", started_at: at, finished_at: at },
      "of a status that there is none of": { status: "processing" },
      "dead but queued": { dead: "true" },
    };
    for (const [name, row] of Object.entries(refused))
      await t.test(name, () => assert.rejects(insert(row), /violates|null value/));
    await house.close();
  },
);

eachEngine("cancel-overwrite: no statement changes how a job ended", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const job = await house.add();
  const [taken] = await house.jobs.take(1);
  assert.ok(taken);
  await database.transaction((handle) => house.jobs.cancel(handle, job.userId, job.id, new Date()));
  assert.equal(await house.end(job.id, taken.run, completed), false);
  const { finishedAt } = await house.find(job);
  for (const status of ["completed", "failed", "queued", "running", "expired"]) {
    const overwrite = sql`update tool_jobs set status = ${status}, started_at = now(), code = 'internal',
      finished_at = case when ${status} in ('queued', 'running') then null else finished_at end where id = ${job.id}`;
    await assert.rejects(overwrite.execute(database.handle), /stays as it ended|violates/, status);
  }
  await assert.rejects(
    sql`update tool_jobs set finished_at = now() where id = ${job.id}`.execute(database.handle),
    /stays as it ended/,
  );
  const after = await house.find(job);
  assert.deepEqual([after.status, after.finishedAt], ["cancelled", finishedAt]);
  taken.run.release();
  await house.close();
});

eachEngine("every change has a time of its own, and a heartbeat is none", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const job = await house.add();
  const times = [(await house.find(job)).changedAt.getTime()];
  for (let percent = 1; percent <= 20; percent += 1) {
    await sql`update tool_jobs set stage = 'on the way', percent = ${percent}::int where id = ${job.id}`.execute(
      database.handle,
    );
    times.push((await house.find(job)).changedAt.getTime());
  }
  assert.equal(new Set(times).size, times.length);
  assert.deepEqual(times, times.toSorted());
  await sql`update tool_jobs set heartbeat_at = now() where id = ${job.id}`.execute(database.handle);
  assert.equal((await house.find(job)).changedAt.getTime(), times.at(-1));
  await house.close();
});
