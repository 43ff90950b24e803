import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { eachEngine, freshPostgres } from "../../test/database.ts";
import { startPooler } from "../../test/pooler.ts";
import type { Migration } from "./handle.ts";
import { openPostgres } from "./postgres.ts";
import { outsideTransactions } from "./transaction-scope.ts";

const migrations: readonly Migration[] = [
  {
    name: "0001-words",
    statements: [
      "create table words (id int primary key, word text not null)",
      "insert into words values (1, 'first')",
    ],
  },
  { name: "0002-more", statements: ["alter table words add column at timestamptz not null default now()"] },
];

const insert = (id: number) => sql`insert into words (id, word) values (${id}, 'x')`;
const countOf = sql<{ n: number }>`select count(*)::int as n from words`;

eachEngine("a migration runs once, whole, and in order", migrations, async (_t, database) => {
  assert.deepEqual(await database.migrate(migrations), []);
  const broken = { name: "0003-broken", statements: ["create table half (id int)", "create tabel nonsense"] };
  await assert.rejects(database.migrate([...migrations, broken]), /could not be migrated/);
  await assert.rejects(sql`select * from half`.execute(database.handle), /does not exist/);
  await assert.rejects(
    database.migrate([migrations[0] ?? broken]),
    /could not be migrated/,
    "a database of a newer version is refused",
  );
});

eachEngine(
  "a transaction that throws changes nothing, and outside work does not join it",
  migrations,
  async (_t, database) => {
    const held = Promise.withResolvers<void>();
    const failing = database.transaction(async (trx) => {
      await insert(10).execute(trx);
      await held.promise;
      throw new Error("changed its mind");
    });
    const outside = insert(20).execute(database.handle);
    held.resolve();
    await assert.rejects(failing, /changed its mind/);
    await outside;
    const { rows } = await sql<{ id: number }>`select id from words order by id`.execute(database.handle);
    assert.deepEqual(
      rows.map((row) => row.id),
      [1, 20],
    );
  },
);

eachEngine("many transactions at once lose no update", migrations, async (_t, database) => {
  const bump = () =>
    database.transaction(async (trx) => {
      const { rows } = await sql<{ id: number }>`select coalesce(max(id), 0) as id from words where id < 1000`.execute(
        trx,
      );
      await sql`insert into words (id, word) values (${1000 + Math.trunc(Math.random() * 1e9)}, ${String(rows[0]?.id)})`.execute(
        trx,
      );
    });
  await Promise.all(Array.from({ length: 20 }, bump));
  const { rows } = await countOf.execute(database.handle);
  assert.equal(rows[0]?.n, 21);
});

eachEngine("the outer handle is refused while a transaction is open", migrations, async (_t, database) => {
  const work = database.transaction(async (trx) => {
    await insert(10).execute(trx);
    await insert(11).execute(database.handle);
  });
  await assert.rejects(work, /use only the handle that it hands in/);
  const { rows } = await countOf.execute(database.handle);
  assert.equal(rows[0]?.n, 1);
});

eachEngine("a port called while a transaction is open is a fault", migrations, async (_t, database) => {
  const port = outsideTransactions({ send: async (text: string) => text.length });
  assert.equal(await port.send("four"), 4);
  await assert.rejects(
    database.transaction(async () => port.send("four")),
    /reaches outside while a transaction is open/,
  );
});

eachEngine("a kept statement is asked again and again, as its tables are then", migrations, async (_t, database) => {
  const words = (least: number) => sql<{ id: number; word: string; at: Date }>`
    select id, word, at from words where id >= ${least}::int order by id`;
  const idsOf = async (least: number) => (await database.ask("words", words(least))).map(({ id }) => id);
  assert.deepEqual(await database.ask("words", words(1)), (await words(1).execute(database.handle)).rows);
  await sql`insert into words (id, word, at) values (2, 'x', ${new Date(0)})`.execute(database.handle);
  assert.deepEqual([await idsOf(1), await idsOf(2), await idsOf(3)], [[1, 2], [2], []]);
  await sql`alter table words add column further text`.execute(database.handle);
  assert.deepEqual(await Promise.all([1, 2, 1, 2].map(idsOf)), [[1, 2], [2], [1, 2], [2]]);
});

eachEngine("a kept statement that fails says why, and is asked anew", migrations, async (_t, database) => {
  const divided = (by: number) => sql<{ n: number }>`select 12 / ${by}::int as n`;
  const failing = () => database.ask("divided", divided(0));
  await assert.rejects(failing, { code: "22012" });
  assert.deepEqual(await database.ask("divided", divided(4)), [{ n: 3 }]);
  await assert.rejects(failing, { code: "22012" });
  await assert.rejects(database.ask("nothing", sql`select * from nothing`), { code: "42P01" });
  await sql`create table nothing (id int)`.execute(database.handle);
  assert.deepEqual(await database.ask("nothing", sql`select * from nothing`), []);
});

eachEngine(
  "a kept statement goes on when a newer process changes a column's type",
  migrations,
  async (_t, database) => {
    const wordOf = async () =>
      (await database.ask("word", sql<{ word: string }>`select word from words where id = 1`))[0]?.word;
    const before = await wordOf();
    await sql`alter table words alter column word type varchar(100)`.execute(database.handle);
    // Whichever connection it gets.
    const answers = await Promise.allSettled(Array.from({ length: 20 }, wordOf));
    const after = answers.map((one) => (one.status === "fulfilled" ? one.value : String(one.reason)));
    if (database.engine === "postgres") assert.deepEqual(new Set(after), new Set([before]));
    assert.equal(await wordOf(), before);
  },
);

eachEngine(
  "a kept statement sees nothing of an open transaction, and is no part of one",
  migrations,
  async (_t, database) => {
    const count = () => database.ask("count", countOf);
    const [inserted, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const failing = database.transaction(async (trx) => {
      await insert(10).execute(trx);
      inserted.resolve();
      await held.promise;
      await count();
    });
    await inserted.promise;
    const outside = count();
    // PostgreSQL answers while the row lies there uncommitted; PGlite, with its one connection, only after the transaction.
    if (database.engine === "postgres") await outside;
    held.resolve();
    await assert.rejects(failing, /use only the handle that it hands in/);
    assert.deepEqual(await outside, [{ n: 1 }]);
  },
);

eachEngine(
  "a notification is heard when its transaction commits, and not when it rolls back",
  migrations,
  async (_t, database) => {
    const heard: string[] = [];
    const first = Promise.withResolvers<void>();
    const message = (payload: string): void => {
      heard.push(payload);
      first.resolve();
    };
    const subscription = await database.listen("words_changed", { message, resumed: () => undefined });
    const rolledBack = database.transaction(async (trx) => {
      await database.notify(trx, "words_changed", "never");
      throw new Error("changed its mind");
    });
    await assert.rejects(rolledBack);
    await database.transaction((trx) => database.notify(trx, "words_changed", "committed"));
    await first.promise;
    assert.deepEqual(heard, ["committed"]);
    await subscription.close();
  },
);

test("a listener whose connection is cut connects again and is told to look for itself", async (t) => {
  const url = await freshPostgres(t);
  const database = await openPostgres({ url, report: () => undefined });
  t.after(() => database.close());
  const resumed = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<string>();
  const subscription = await database.listen("words_changed", { message: heard.resolve, resumed: resumed.resolve });
  await database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bellhop listener' and datname = current_database()",
    [],
  );
  await resumed.promise;
  await database.notify(database.handle, "words_changed", "after the cut");
  assert.equal(await heard.promise, "after the cut");
  await subscription.close();
});

const limitOf = sql<{ limit: string }>`select current_setting('statement_timeout') as limit`;

test("a migration may take its time, and no other statement may", async (t) => {
  const database = await openPostgres({ url: await freshPostgres(t), report: (error) => t.diagnostic(error.message) });
  t.after(() => database.close());
  const asks = {
    name: "0001-asks",
    statements: [
      "create table asked (at text not null)",
      "insert into asked values (current_setting('statement_timeout'))",
    ],
  };
  await database.migrate([asks]);
  const { rows } = await sql<{ at: string }>`select at from asked`.execute(database.handle);
  assert.deepEqual(rows, [{ at: "0" }]);
  const limits = await Promise.all(Array.from({ length: 10 }, () => limitOf.execute(database.handle)));
  assert.deepEqual(
    limits.map((limit) => limit.rows),
    limits.map(() => [{ limit: "20s" }]),
  );
});

test("a pooler in session mode is as good as a direct connection", async (t) => {
  const url = await startPooler(t, await freshPostgres(t), "session");
  const database = await openPostgres({ url, report: (error) => t.diagnostic(error.message) });
  t.after(() => database.close());
  const heard = Promise.withResolvers<string>();
  const subscription = await database.listen("words_changed", { message: heard.resolve, resumed: () => undefined });
  await database.notify(database.handle, "words_changed", "by the pooler");
  assert.equal(await heard.promise, "by the pooler");
  assert.deepEqual((await limitOf.execute(database.handle)).rows, [{ limit: "20s" }]);
  await subscription.close();
});

test("a pooler that passes no notifications on is refused, and what to do is said", async (t) => {
  const url = await startPooler(t, await freshPostgres(t), "transaction");
  const database = await openPostgres({ url, report: (error) => t.diagnostic(error.message) });
  t.after(() => database.close());
  await assert.rejects(database.listen("words_changed", { message: () => undefined, resumed: () => undefined }), {
    code: "unavailable",
    message: "The connection at DATABASE_URL passes no notifications on.",
    next: "Connect to PostgreSQL directly, or by a pooler in session mode.",
  });
});

test("several processes that start on one empty PostgreSQL migrate it once", async (t) => {
  const url = await freshPostgres(t);
  const open = () => openPostgres({ url, report: (error) => t.diagnostic(error.message) });
  const processes = await Promise.all([open(), open(), open(), open()]);
  const applied = await Promise.all(processes.map((database) => database.migrate(migrations)));
  assert.equal(applied.flat().length, migrations.length);
  await Promise.all(processes.map((database) => database.close()));
});

test("a PostgreSQL that does not answer is said in words, without the password", async () => {
  const url = "postgres://bellhop:very-secret-word@127.0.0.1:1/none";
  await assert.rejects(openPostgres({ url, report: () => undefined }), (error: Error) => {
    assert.match(error.message, /DATABASE_URL does not answer/);
    assert.doesNotMatch(JSON.stringify(error), /very-secret-word/);
    return true;
  });
});
