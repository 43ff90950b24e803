import assert from "node:assert/strict";
import { sql } from "kysely";
import { eachEngine } from "../../test/database.ts";
import { completed, openWorkHouse, type WorkHouse, workTables } from "../../test/work/house.ts";
import type { Database, Handle } from "../database/handle.ts";
import { claimJobs } from "./records/runs.ts";

const HOLDER = "0199a000-0000-7000-8000-0000000000aa";

/** Queues many jobs of one person. */
async function addMany(house: WorkHouse, count: number): Promise<string> {
  const userId = await house.person();
  for (let at = 0; at < count; at += 1) await house.add({ userId });
  return userId;
}

/** Takes jobs one after another, each ended before the next. @returns whose they were. */
async function work(house: WorkHouse): Promise<string | undefined> {
  const [taken] = await house.jobs.take(1);
  if (!taken) return undefined;
  const { rows } = await sql<{ userId: string }>`
    select user_id as "userId" from tool_jobs where id = ${taken.id}`.execute(house.database.handle);
  await house.end(taken.id, taken.run, completed);
  taken.run.release();
  return rows[0]?.userId;
}

/** Stores waiting jobs as if each person had queued theirs one by one. */
async function fill(database: Database, people: number, each: number): Promise<void> {
  await sql`insert into users (id) select gen_random_uuid() from generate_series(1, ${people}::int)`.execute(
    database.handle,
  );
  await sql`
    insert into tool_jobs (id, user_id, client_id, tool, status, max_attempts, run_at, cancellable, hidden, bounded,
      created_at, turn)
    select gen_random_uuid(), users.id, 'client_1', 'account_report', 'queued', 3, now(), true, false, false, now(), turn
    from users, generate_series(0, ${each - 1}::int) turn`.execute(database.handle);
}

const readSoFar = async (handle: Handle): Promise<number> => {
  const { rows } = await sql<{ rows: number }>`
    select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables
    where relname = 'tool_jobs'`.execute(handle);
  return rows[0]?.rows ?? assert.fail("nothing is counted");
};

/** How many rows of jobs the database reads for one claim, by its own count. */
const rowsReadByClaim = (database: Database): Promise<number> =>
  database.transaction(async (handle) => {
    const before = await readSoFar(handle);
    assert.equal((await claimJobs(handle, { holder: HOLDER, leaseMs: 30_000, limit: 4 })).length, 4);
    return (await readSoFar(handle)) - before;
  });

eachEngine("what a claim reads does not grow with what waits", workTables, async (t, database) => {
  await fill(database, 40, 100);
  // As autovacuum does. Without it a planner may read a table of this size whole, but none that is much larger.
  await sql`analyze tool_jobs`.execute(database.handle);
  const read = [await rowsReadByClaim(database), await rowsReadByClaim(database)];
  t.diagnostic(`rows read, of 4000: ${read.join(", ")}`);
  for (const rows of read) assert.ok(rows > 0 && rows < 800, `${rows} rows`);
});

eachEngine(
  "nobody's one job waits behind somebody's many, also where one worker runs one at a time",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const busy = await addMany(house, 250);
    assert.equal(await work(house), busy);
    const late = await addMany(house, 1);
    const taken = [await work(house), await work(house), await work(house)];
    assert.deepEqual(taken, [busy, busy, late], "behind two of theirs");
    await house.close();
  },
);

eachEngine(
  "and who has many still comes to their turn while others come and come",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const busy = await addMany(house, 20);
    let own = 0;
    for (let round = 0; round < 20; round += 1) {
      await addMany(house, 1);
      if ((await work(house)) === busy) own += 1;
    }
    assert.ok(own >= 4, `${own} of 20`);
    await house.close();
  },
);

eachEngine("two who have many take turns", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const [one, other] = [await addMany(house, 6), await addMany(house, 4)];
  const taken: (string | undefined)[] = [];
  for (let round = 0; round < 10; round += 1) taken.push(await work(house));
  assert.deepEqual(taken, [one, one, other, one, other, one, other, one, other, one]);
  await house.close();
});

eachEngine("what is tried again waits behind nobody's many that are tried again", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const busy = await addMany(house, 250);
  const other = await house.add();
  // As after an outage: the time of all has come, that of the busy one's first.
  await sql`update tool_jobs set run_at = now() - case when user_id = ${busy} then interval '2 minutes'
    else interval '1 minute' end`.execute(database.handle);
  const taken = [...(await house.jobs.take(4)), ...(await house.jobs.take(4))];
  assert.ok(taken.some(({ id }) => id === other.id));
  assert.equal(taken.length, 8);
  await house.close();
});

eachEngine(
  "the next job is due when its time comes, not before, and at once where one waits",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    assert.equal(await house.jobs.untilDue(), null);
    const job = await house.add();
    assert.ok(((await house.jobs.untilDue()) ?? 1) <= 0);
    await sql`update tool_jobs set run_at = now() + interval '1 minute' where id = ${job.id}`.execute(database.handle);
    const wait = (await house.jobs.untilDue()) ?? 0;
    assert.ok(wait > 50_000 && wait <= 60_000, `${wait} ms`);
    await house.close();
  },
);
