import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { until } from "../../test/bellhop.ts";
import { eachEngine } from "../../test/database.ts";
import { workTables } from "../../test/work/house.ts";
import {
  alone,
  byMail,
  byPush,
  empty,
  oneMail,
  onePush,
  open,
  person,
  quiet,
  times,
  waiting,
} from "../../test/work/outbox-rig.ts";
import type { Telling } from "../kernel/ports/tell.ts";
import { backoffMs } from "./backoff.ts";
import { WAITS } from "./outbox.ts";
import { MOST_TRIES } from "./outbox-medium.ts";
import { giveUpOld, takeEntries } from "./records/outbox.ts";
import { workData } from "./work-data.ts";

eachEngine("what commits is said once; what is rolled back never is", workTables, async (_t, database) => {
  const said: string[] = [];
  const outbox = open(database, { approval: byMail(async ({ userId, ref }) => void said.push(`${userId} ${ref}`)) });
  await outbox.start();
  const userId = await person(database);
  const undone = database.transaction(async (handle) => {
    await outbox.put(handle, { kind: "approval", userId, ref: "undone", to: oneMail });
    throw new Error("no");
  });
  await assert.rejects(undone);
  await database.transaction((handle) => outbox.put(handle, { kind: "approval", userId, ref: "done", to: oneMail }));
  await until("the word", () => said[0]);
  await empty(database);
  assert.deepEqual(said, [`${userId} done`]);
  await outbox.stop();
});

eachEngine("at-least-once: who died with an entry lets it be said by another", workTables, async (_t, database) => {
  const userId = await person(database);
  const dead = open(database, { approval: byMail(quiet) });
  await database.transaction((handle) => dead.put(handle, { kind: "approval", userId, ref: "r", to: oneMail }));
  // As kill -9 does between the word and the note of it.
  assert.equal(
    (
      await takeEntries(database.handle, {
        medium: "mail",
        kinds: ["approval"],
        shares: alone,
        leaseMs: times.leaseMs,
        limit: 5,
      })
    ).length,
    1,
  );
  const said: string[] = [];
  const heir = open(database, { approval: byMail(async ({ ref }) => void said.push(ref)) });
  await heir.start();
  await empty(database);
  assert.deepEqual(said, ["r"]);
  await heir.stop();
});

eachEngine("several senders on one database say each entry once", workTables, async (_t, database) => {
  const userId = await person(database);
  const said: string[] = [];
  const approval = byMail(async ({ ref }) => void said.push(ref));
  // On a busy machine a short lease ends before its entry does, and then it is right to say it again.
  const pace = { ...times, leaseMs: 60_000 };
  const senders = [1, 2, 3].map(() => open(database, { approval }, undefined, pace));
  await database.transaction(async (handle) => {
    for (let index = 0; index < 60; index += 1)
      await senders[0]?.put(handle, { kind: "approval", userId, ref: `${index}`, to: oneMail });
  });
  await Promise.all(senders.map((sender) => sender.start()));
  await empty(database);
  await Promise.all(senders.map((sender) => sender.stop()));
  assert.deepEqual([said.length, new Set(said).size], [60, 60]);
});

eachEngine("who is slow to hear holds up nobody, and is waited for when it ends", workTables, async (_t, database) => {
  const userId = await person(database);
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const quick = async ({ ref }: Telling): Promise<void> => void said.push(ref);
  const slow = (telling: Telling): Promise<void> => gate.promise.then(() => quick(telling));
  const outbox = open(database, { quick: byPush(quick), slow: byPush(slow) }, undefined, { ...times, leaseMs: 60_000 });
  const put = (kind: string, ref: string) =>
    database.transaction((handle) => outbox.put(handle, { kind, userId, ref, to: onePush }));
  await outbox.start();
  // Together they are taken at once; what is put later is taken while the slow one goes on.
  await Promise.all([put("slow", "slow"), put("quick", "beside")]);
  await until("the word beside it", () => (said.length === 1 ? true : undefined));
  for (let later = 1; later <= 25; later += 1) await put("quick", `later ${later}`);
  await until("all that came later", () => (said.length === 26 ? true : undefined));
  assert.ok(!said.includes("slow"));
  const stopped = outbox.stop();
  gate.resolve();
  await stopped;
  assert.equal(said.at(-1), "slow");
  assert.equal(await waiting(database), 0);
});

eachEngine("more silent ones than there are places hold up nobody", workTables, async (_t, database) => {
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const outbox = open(
    database,
    {
      silent: byPush(async ({ ref }) => {
        said.push(`begun ${ref}`);
        await gate.promise;
      }),
      quick: byPush(async ({ ref }) => void said.push(ref)),
    },
    undefined,
    { ...times, leaseMs: 60_000 },
  );
  const put = async (kind: string, ref: string): Promise<void> => {
    const userId = await person(database);
    await database.transaction((handle) => outbox.put(handle, { kind, userId, ref, to: onePush }));
  };
  for (let index = 0; index < 45; index += 1) await put("silent", `${index}`);
  await put("quick", "to somebody else");
  await outbox.start();
  try {
    // None of the silent ones has ended by then: nothing but the gate ends them.
    await until("all of them, the one to somebody else too", () => (said.length === 46 ? true : undefined));
    assert.ok(said.includes("to somebody else"));
    await until("the note of it", async () => ((await waiting(database)) === 45 ? true : undefined));
  } finally {
    gate.resolve();
    await outbox.stop();
  }
  assert.equal(await waiting(database), 0);
});

eachEngine("what cannot be said is tried again, and given up in the end", workTables, async (_t, database) => {
  const userId = await person(database);
  const problems: unknown[] = [];
  const outbox = open(
    database,
    {
      approval: byMail(async () => {
        throw new Error("nobody hears it");
      }),
    },
    (error) => problems.push(error),
  );
  await database.transaction((handle) => outbox.put(handle, { kind: "approval", userId, ref: "r", to: oneMail }));
  await outbox.start();
  await empty(database);
  await outbox.stop();
  const { rows } = await sql`select attempts, gave_up from outbox`.execute(database.handle);
  assert.deepEqual(rows, [{ attempts: MOST_TRIES, gave_up: true }]);
  assert.equal(problems.length, MOST_TRIES);
});

eachEngine("what an older server cannot say yet is left for a newer one", workTables, async (_t, database) => {
  const userId = await person(database);
  const said: string[] = [];
  const older = open(database, { approval: byMail(async ({ ref }) => void said.push(`older ${ref}`)) });
  await older.start();
  await database.transaction((handle) => older.put(handle, { kind: "pigeon", userId, ref: "new", to: oneMail }));
  await database.transaction((handle) => older.put(handle, { kind: "approval", userId, ref: "known", to: oneMail }));
  await until("what it knows", async () => ((await waiting(database)) === 1 ? true : undefined));
  // Beside it the newer one says what only it can, and at its first try.
  const newer = open(database, { pigeon: byMail(async ({ ref }) => void said.push(`newer ${ref}`)) });
  await newer.start();
  await empty(database);
  await Promise.all([older.stop(), newer.stop()]);
  const { rows } = await sql`select kind, attempts, gave_up from outbox order by kind`.execute(database.handle);
  assert.deepEqual(said, ["older known", "newer new"]);
  assert.deepEqual(rows, [
    { kind: "approval", attempts: 1, gave_up: false },
    { kind: "pigeon", attempts: 1, gave_up: false },
  ]);
});

eachEngine("what no server learns to say is given up after a week", workTables, async (_t, database) => {
  const userId = await person(database);
  const outbox = open(database, {});
  await database.transaction((handle) =>
    outbox.put(handle, { kind: "pigeon", userId, ref: "r", to: { mail: ["ada@example.com"], push: [] } }),
  );
  await giveUpOld(database.handle, 7);
  assert.equal(await waiting(database), 1);
  await sql`update outbox set created_at = now() - interval '8 days'`.execute(database.handle);
  await giveUpOld(database.handle, 7);
  assert.equal(await waiting(database), 0);
  const { rows } = await sql`select gave_up, target from outbox`.execute(database.handle);
  assert.deepEqual(rows, [{ gave_up: true, target: null }], "no address is kept");
});

test("its tries reach over about an hour, the first of them soon", () => {
  const minutes = (random: number): number =>
    Array.from({ length: MOST_TRIES - 1 }, (_, index) => backoffMs(WAITS, index + 1, () => random)).reduce(
      (sum, wait) => sum + wait / 60_000,
      0,
    );
  assert.ok(backoffMs(WAITS, 1, () => 1) <= 10_000);
  assert.deepEqual([Math.round(minutes(0)), Math.round(minutes(0.5)), Math.round(minutes(1))], [36, 54, 73]);
});

eachEngine("a person's messages are in their export, and go with them", workTables, async (_t, database) => {
  const [userId, other] = [await person(database), await person(database)];
  const outbox = open(database, { approval: byMail(quiet) });
  await database.transaction(async (handle) => {
    await outbox.put(handle, { kind: "approval", userId, ref: "mine", to: oneMail });
    await outbox.put(handle, { kind: "approval", userId: other, ref: "theirs", to: oneMail });
  });
  const messages = workData.find(({ name }) => name === "messages");
  assert.ok(messages?.erase);
  const rows = messages.exportOf(database.handle, userId);
  assert.ok(Symbol.asyncIterator in rows);
  const exported: unknown[] = [];
  for await (const row of rows) exported.push(row);
  assert.match(JSON.stringify(exported), /"ref":"mine"/);
  assert.doesNotMatch(JSON.stringify(exported), /theirs/);
  await database.transaction(
    (handle) => messages.erase?.(handle, userId, { receiptId: userId, now: new Date() }) ?? assert.fail(),
  );
  assert.equal(await waiting(database), 1);
});
