import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { until } from "../../test/bellhop.ts";
import { eachEngine } from "../../test/database.ts";
import { workTables } from "../../test/work/house.ts";
import {
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
import { LASTING_WAITS } from "./outbox.ts";
import { MOST_TRIES, type Sender } from "./outbox-medium.ts";

eachEngine("there is a bound to what goes on at once, silent or not", workTables, async (_t, database) => {
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const silent = async (): Promise<void> => {
    begun += 1;
    await gate.promise;
  };
  const pace = { ...times, leaseMs: 60_000, patienceMs: 1 };
  const outbox = open(database, { silent: byPush(silent) }, undefined, pace);
  const people = await Promise.all(Array.from({ length: 23 }, () => person(database)));
  await database.transaction(async (handle) => {
    for (const userId of people)
      for (let index = 0; index < 10; index += 1)
        await outbox.put(handle, { kind: "silent", userId, ref: `${index}`, to: onePush });
  });
  await outbox.start();
  try {
    await until("the bound", () => (begun >= 200 ? true : undefined));
    const { rows } = await sql`select count(*)::int as untried from outbox where attempts = 0`.execute(database.handle);
    assert.deepEqual([begun, rows], [200, [{ untried: 30 }]]);
    gate.resolve();
    await empty(database);
  } finally {
    gate.resolve();
    await outbox.stop();
  }
  assert.equal(begun, 230);
});

eachEngine("however much one person is told, others are told at once", workTables, async (_t, database) => {
  const [busy, other] = [await person(database), await person(database)];
  const gate = Promise.withResolvers<void>();
  const begun = { [busy]: 0, [other]: 0 };
  const told = async ({ userId }: Telling): Promise<void> => {
    begun[userId] = (begun[userId] ?? 0) + 1;
    if (userId === busy) await gate.promise;
  };
  const outbox = open(database, { told: { mail: told, push: told } }, undefined, { ...times, leaseMs: 60_000 });
  const put = (userId: string, ref: string) =>
    database.transaction((handle) =>
      outbox.put(handle, { kind: "told", userId, ref, to: { mail: [null], push: [null] } }),
    );
  for (let index = 0; index < 40; index += 1) await put(busy, `${index}`);
  await outbox.start();
  try {
    await until("the share of one person", () => (begun[busy] === 5 + 10 ? true : undefined));
    await put(other, "beside");
    await until("what the other is told", () => (begun[other] === 2 ? true : undefined));
    await until("the notes of it", async () => ((await waiting(database)) === 80 ? true : undefined));
    assert.equal(begun[busy], 15, "all places but theirs are free, and they have no more");
  } finally {
    gate.resolve();
  }
  await empty(database);
  await outbox.stop();
  assert.equal(begun[busy], 80);
});

eachEngine("of more than so many of a kind in an hour, a person is not told", workTables, async (_t, database) => {
  const [userId, other] = [await person(database), await person(database)];
  const said: string[] = [];
  const outbox = open(database, { linked: byMail(async ({ ref }) => void said.push(ref)), passkey: byMail(quiet) });
  const to = { mail: ["a@example.com", "b@example.com"], push: [] };
  const put = (kind: string, whose: string, ref: string) =>
    database.transaction((handle) => outbox.put(handle, { kind, userId: whose, ref, to, mostAnHour: 3 }));
  for (const ref of ["1", "2", "3", "4"]) await put("linked", userId, ref);
  await put("linked", other, "theirs");
  await put("passkey", userId, "another kind");
  await sql`update outbox set created_at = created_at - interval '61 minutes' where ref = '1'`.execute(database.handle);
  await put("linked", userId, "an hour later");
  await outbox.start();
  await empty(database);
  await outbox.stop();
  const twice = ["1", "2", "3", "an hour later", "theirs"].flatMap((ref) => [ref, ref]);
  assert.deepEqual(said.toSorted(), twice.toSorted());
});

eachEngine("each target has its own tries, and is fixed when it is put", workTables, async (_t, database) => {
  const userId = await person(database);
  const said: string[] = [];
  let refused = 0;
  const told: Sender = {
    async mail({ target }) {
      if (target === "old@example.com" && refused < 3) {
        refused += 1;
        throw new Error("try again later");
      }
      said.push(target ?? "nobody");
    },
    push: async ({ target }) => void said.push(target ?? "nobody"),
  };
  const outbox = open(database, { told }, () => undefined, { ...times, leaseMs: 60_000 });
  const to = { mail: ["old@example.com", "new@example.com"], push: ["a browser"] };
  await database.transaction((handle) => outbox.put(handle, { kind: "told", userId, ref: "r", to }));
  await database.transaction((handle) =>
    outbox.put(handle, { kind: "told", userId, ref: "r", to: { mail: [], push: [] } }),
  );
  await outbox.start();
  await empty(database);
  await outbox.stop();
  assert.deepEqual(said.toSorted(), ["a browser", "new@example.com", "old@example.com"]);
  const { rows } = await sql`select attempts, target from outbox order by attempts`.execute(database.handle);
  assert.deepEqual(
    rows,
    [1, 1, 4].map((attempts) => ({ attempts, target: null })),
    "no target is kept once it was told",
  );
});

eachEngine("what is worth telling late is not given up after an hour", workTables, async (_t, database) => {
  const userId = await person(database);
  let tries = 0;
  const mail = async (): Promise<void> => {
    tries += 1;
    if (tries <= MOST_TRIES + 5) throw new Error("the mail server is down");
  };
  const pace = { ...times, leaseMs: 60_000 };
  const outbox = open(database, { security: { ...byMail(mail), lasting: true } }, () => undefined, pace);
  await database.transaction((handle) => outbox.put(handle, { kind: "security", userId, ref: "r", to: oneMail }));
  await outbox.start();
  await empty(database);
  await outbox.stop();
  assert.equal(tries, MOST_TRIES + 6);
});

eachEngine(
  "a slow mail server gets no more connections than there are places, and holds up no push",
  workTables,
  async (_t, database) => {
    const gate = Promise.withResolvers<void>();
    const [pushes, mails] = [new Set<string>(), new Set<string>()];
    const told: Sender = {
      async mail({ userId, ref }) {
        mails.add(userId + ref);
        await gate.promise;
      },
      push: async ({ userId, ref }) => void pushes.add(userId + ref),
    };
    const outbox = open(database, { told }, undefined, { ...times, leaseMs: 60_000, patienceMs: 1 });
    const to = { mail: [null], push: [null] };
    for (let people = 0; people < 12; people += 1) {
      const userId = await person(database);
      await database.transaction(async (handle) => {
        for (let index = 0; index < 5; index += 1)
          await outbox.put(handle, { kind: "told", userId, ref: `${index}`, to });
      });
    }
    await outbox.start();
    try {
      await until("all pushes, and their notes", async () => ((await waiting(database)) === 60 ? true : undefined));
      assert.deepEqual([pushes.size, mails.size], [60, 20]);
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
