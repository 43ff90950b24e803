import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { until } from "../../test/bellhop.ts";
import { eachEngine } from "../../test/database.ts";
import { workTables } from "../../test/work/house.ts";
import type { Database } from "../database/handle.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { backoffMs } from "./backoff.ts";
import { createOutbox, LASTING_WAITS, type OutboxParts, WAITS } from "./outbox.ts";
import { MOST_TRIES, type Sender, type Senders, type Telling } from "./outbox-lane.ts";
import { giveUpOld, takeEntries } from "./records/outbox.ts";
import { workData } from "./work-data.ts";

const backoff = { firstMs: 10, mostMs: 20 };
const times = { leaseMs: 300, lookMs: 50, patienceMs: 100, backoff, lastingBackoff: backoff };

const quiet = async (): Promise<void> => undefined;
const byMail = (mail: Sender["mail"]): Sender => ({ mail, push: quiet });
const byPush = (push: Sender["push"]): Sender => ({ mail: quiet, push });

const open = (
  database: Database,
  senders: Senders,
  report: OutboxParts["report"] = (error) => assert.fail(String(error)),
  pace: OutboxParts["times"] = times,
) => createOutbox({ database, clock: () => new Date(), senders, report, random: () => 0, times: pace });

async function person(database: Database): Promise<string> {
  const id = uuidv7(new Date());
  await sql`insert into users (id) values (${id})`.execute(database.handle);
  return id;
}

const waiting = async (database: Database): Promise<number> => {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from outbox where done_at is null`.execute(database.handle);
  return rows[0]?.count ?? 0;
};

const empty = (database: Database): Promise<true> =>
  until("an empty outbox", async () => ((await waiting(database)) === 0 ? true : undefined));

eachEngine("what commits is said once; what is rolled back never is", workTables, async (_t, database) => {
  const said: string[] = [];
  const outbox = open(database, { approval: byMail(async ({ userId, ref }) => void said.push(`${userId} ${ref}`)) });
  await outbox.start();
  const userId = await person(database);
  const undone = database.transaction(async (handle) => {
    await outbox.put(handle, { kind: "approval", userId, ref: "undone" });
    throw new Error("no");
  });
  await assert.rejects(undone);
  await database.transaction((handle) => outbox.put(handle, { kind: "approval", userId, ref: "done" }));
  await until("the word", () => said[0]);
  await empty(database);
  assert.deepEqual(said, [`${userId} done`]);
  await outbox.stop();
});

eachEngine("at-least-once: who died with an entry lets it be said by another", workTables, async (_t, database) => {
  const userId = await person(database);
  const dead = open(database, { approval: byMail(quiet) });
  await database.transaction((handle) => dead.put(handle, { kind: "approval", userId, ref: "r" }));
  // As kill -9 does between the word and the note of it.
  assert.equal(
    (await takeEntries(database.handle, { way: "mail", kinds: ["approval"], leaseMs: times.leaseMs, limit: 5 })).length,
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
      await senders[0]?.put(handle, { kind: "approval", userId, ref: `${index}` });
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
    database.transaction((handle) => outbox.put(handle, { kind, userId, ref }));
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
    await database.transaction((handle) => outbox.put(handle, { kind, userId, ref }));
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

eachEngine("there is a bound to what goes on at once, silent or not", workTables, async (_t, database) => {
  const userId = await person(database);
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const outbox = open(
    database,
    {
      silent: byPush(async () => {
        begun += 1;
        await gate.promise;
      }),
    },
    undefined,
    { ...times, leaseMs: 60_000, patienceMs: 1 },
  );
  await database.transaction(async (handle) => {
    for (let index = 0; index < 230; index += 1) await outbox.put(handle, { kind: "silent", userId, ref: `${index}` });
  });
  await outbox.start();
  try {
    await until("the bound", () => (begun >= 200 ? true : undefined));
    const { rows } = await sql`select count(*)::int as untried from outbox where attempts = 0 and way = 'push'`.execute(
      database.handle,
    );
    assert.deepEqual([begun, rows], [200, [{ untried: 30 }]]);
    gate.resolve();
    await empty(database);
  } finally {
    gate.resolve();
    await outbox.stop();
  }
  assert.equal(begun, 230);
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
  await database.transaction((handle) => outbox.put(handle, { kind: "approval", userId, ref: "r" }));
  await outbox.start();
  await empty(database);
  await outbox.stop();
  const { rows } = await sql`select attempts, gave_up from outbox where way = 'mail'`.execute(database.handle);
  assert.deepEqual(rows, [{ attempts: MOST_TRIES, gave_up: true }]);
  assert.equal(problems.length, MOST_TRIES);
});

eachEngine("what an older server cannot say yet is left for a newer one", workTables, async (_t, database) => {
  const userId = await person(database);
  const said: string[] = [];
  const older = open(database, { approval: byMail(async ({ ref }) => void said.push(`older ${ref}`)) });
  await older.start();
  await database.transaction((handle) => older.put(handle, { kind: "pigeon", userId, ref: "new" }));
  await database.transaction((handle) => older.put(handle, { kind: "approval", userId, ref: "known" }));
  await until("what it knows", async () => ((await waiting(database)) === 2 ? true : undefined));
  // Beside it the newer one says what only it can, and at its first try.
  const newer = open(database, { pigeon: byMail(async ({ ref }) => void said.push(`newer ${ref}`)) });
  await newer.start();
  await empty(database);
  await Promise.all([older.stop(), newer.stop()]);
  const { rows } = await sql`select kind, way, attempts, gave_up from outbox order by kind, way`.execute(
    database.handle,
  );
  assert.deepEqual(said, ["older known", "newer new"]);
  assert.deepEqual(rows, [
    { kind: "approval", way: "mail", attempts: 1, gave_up: false },
    { kind: "approval", way: "push", attempts: 1, gave_up: false },
    { kind: "pigeon", way: "mail", attempts: 1, gave_up: false },
    { kind: "pigeon", way: "push", attempts: 1, gave_up: false },
  ]);
});

eachEngine("what no server learns to say is given up after a week", workTables, async (_t, database) => {
  const userId = await person(database);
  const outbox = open(database, {});
  await database.transaction((handle) => outbox.put(handle, { kind: "pigeon", userId, ref: "r" }));
  await giveUpOld(database.handle, 7);
  assert.equal(await waiting(database), 2);
  await sql`update outbox set created_at = now() - interval '8 days'`.execute(database.handle);
  await giveUpOld(database.handle, 7);
  assert.equal(await waiting(database), 0);
});

eachEngine(
  "each way has its own tries, and each address its own mail, fixed when it is put",
  workTables,
  async (_t, database) => {
    const userId = await person(database);
    const said: string[] = [];
    let refused = 0;
    const told: Sender = {
      async mail({ recipient }) {
        if (recipient === "old@example.com" && refused < 3) {
          refused += 1;
          throw new Error("try again later");
        }
        said.push(recipient ?? "nobody");
      },
      push: async ({ recipient }) => void said.push(recipient ?? "push"),
    };
    const outbox = open(database, { told }, () => undefined);
    const mailTo = ["old@example.com", "new@example.com"];
    await database.transaction((handle) => outbox.put(handle, { kind: "told", userId, ref: "r", mailTo }));
    await database.transaction((handle) => outbox.put(handle, { kind: "told", userId, ref: "r", mailTo: [] }));
    await outbox.start();
    await empty(database);
    await outbox.stop();
    assert.deepEqual(said.toSorted(), ["new@example.com", "old@example.com", "push", "push"]);
    const { rows } = await sql`select way, attempts, recipient from outbox order by attempts, way`.execute(
      database.handle,
    );
    assert.deepEqual(
      rows,
      [
        { way: "mail", attempts: 1, recipient: null },
        { way: "push", attempts: 1, recipient: null },
        { way: "push", attempts: 1, recipient: null },
        { way: "mail", attempts: 4, recipient: null },
      ],
      "no address is kept once it was told",
    );
  },
);

eachEngine("what is worth telling late is not given up after an hour", workTables, async (_t, database) => {
  const userId = await person(database);
  let tries = 0;
  const mail = async (): Promise<void> => {
    tries += 1;
    if (tries <= MOST_TRIES + 5) throw new Error("the mail server is down");
  };
  const outbox = open(database, { security: { ...byMail(mail), lasting: true } }, () => undefined);
  await database.transaction((handle) => outbox.put(handle, { kind: "security", userId, ref: "r" }));
  await outbox.start();
  await empty(database);
  await outbox.stop();
  assert.equal(tries, MOST_TRIES + 6);
});

eachEngine(
  "a slow mail server gets no more connections than there are places, and holds up no push",
  workTables,
  async (_t, database) => {
    const userId = await person(database);
    const gate = Promise.withResolvers<void>();
    const [said, mails] = [new Set<string>(), new Set<string>()];
    const told: Sender = {
      async mail({ ref }) {
        mails.add(ref);
        await gate.promise;
      },
      push: async ({ ref }) => void said.add(ref),
    };
    const outbox = open(database, { told }, undefined, { ...times, leaseMs: 60_000, patienceMs: 1 });
    await database.transaction(async (handle) => {
      for (let index = 0; index < 60; index += 1) await outbox.put(handle, { kind: "told", userId, ref: `${index}` });
    });
    await outbox.start();
    try {
      await until("all pushes, and their notes", async () => ((await waiting(database)) === 60 ? true : undefined));
      assert.deepEqual([said.size, mails.size], [60, 20]);
    } finally {
      gate.resolve();
    }
    await empty(database);
    await outbox.stop();
    assert.equal(mails.size, 60);
  },
);

test("what is worth telling late is tried some fifty times in a week", () => {
  const weekMs = 7 * 24 * 3_600_000;
  const triesIn = (random: number): number => {
    let [tries, ms] = [1, 0];
    while (ms < weekMs) {
      ms += backoffMs(LASTING_WAITS, tries, () => random);
      tries += 1;
    }
    return tries;
  };
  assert.deepEqual(
    [triesIn(1), triesIn(0)].map((tries) => tries > 45 && tries < 100),
    [true, true],
  );
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
    await outbox.put(handle, { kind: "approval", userId, ref: "mine" });
    await outbox.put(handle, { kind: "approval", userId: other, ref: "theirs" });
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
  assert.equal(await waiting(database), 2);
});
