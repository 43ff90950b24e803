import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { sql } from "kysely";
import { until } from "../../test/bellhop.ts";
import { eachEngine, freshPostgres } from "../../test/database.ts";
import { startPooler } from "../../test/pooler.ts";
import type { Database, Migration } from "./handle.ts";
import { openPostgres } from "./postgres.ts";
import { listenOnPostgres } from "./postgres-listener.ts";
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
  // As some who run PostgreSQL for others set it.
  const limits = ["statement_timeout", "lock_timeout"].map((name) => `alter database %I set ${name} = ''5s''`);
  for (const limit of limits)
    await sql.raw(`do $$ begin execute format('${limit}', current_database()); end $$`).execute(database.handle);
  const asks = {
    name: "0001-asks",
    statements: [
      "create table asked (statement text not null, lock text not null)",
      "insert into asked values (current_setting('statement_timeout'), current_setting('lock_timeout'))",
    ],
  };
  await database.migrate([asks]);
  const { rows } = await sql`select statement, lock from asked`.execute(database.handle);
  assert.deepEqual(rows, [{ statement: "0", lock: "0" }]);
  const others = await Promise.all(Array.from({ length: 10 }, () => limitOf.execute(database.handle)));
  assert.deepEqual(
    others.map((limit) => limit.rows),
    others.map(() => [{ limit: "20s" }]),
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

test("a notification that is late to be sent, or to be read, is no silent connection", async (t) => {
  const url = await freshPostgres(t);
  const database = await openPostgres({ url, report: (error) => t.diagnostic(error.message) });
  t.after(() => database.close());
  // Longer than the trial waits.
  const late = 5_500;
  const parts = {
    url,
    channel: "words_changed",
    listener: { message: () => undefined, resumed: () => undefined },
    report: (error: Error) => t.diagnostic(error.message),
  };
  const notify = (channel: string) => database.notify(database.handle, channel, "");
  const sentLate = await listenOnPostgres({
    ...parts,
    notify: (channel) => pause(late).then(() => notify(channel)),
  });
  await sentLate.close();
  const readLate = await listenOnPostgres({
    ...parts,
    async notify(channel) {
      // As a process does that is stopped for a while: it is sent meanwhile, and its timers come before what it could read.
      const elsewhere = `const pg = require("pg"); const client = new pg.Client(${JSON.stringify(url)});
        client.connect().then(() => client.query("select pg_notify($1, '')", [${JSON.stringify(channel)}])).then(() => client.end());`;
      const sender = new Worker(elsewhere, { eval: true });
      t.after(() => sender.terminate());
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, late));
    },
  });
  await readLate.close();
});

test("a database that stops to answer holds up no end", async (t) => {
  const direct = await freshPostgres(t);
  const database = await openPostgres({ url: direct, report: (error) => t.diagnostic(error.message) });
  t.after(() => database.close());
  let silent = false;
  const url = await startBetween(t, direct, (client, server) => {
    server.on("data", (bytes: Buffer) => (silent ? undefined : client.write(bytes)));
    client.on("data", (bytes: Buffer) => (silent ? undefined : server.write(bytes)));
  });
  const subscription = await listenOnPostgres({
    url,
    channel: "words_changed",
    listener: { message: () => undefined, resumed: () => undefined },
    notify: (channel) => database.notify(database.handle, channel, ""),
    report: (error) => t.diagnostic(error.message),
  });
  silent = true;
  const began = performance.now();
  await subscription.close();
  assert.ok(performance.now() - began < 8_000, "the other end never says that it has ended");
});

/** Something between us and a database. @param join is handed both ends of each connection. @returns its address. */
async function startBetween(
  t: TestContext,
  direct: string,
  join: (client: Socket, server: Socket) => void,
): Promise<string> {
  const url = new URL(direct);
  const { hostname, port } = url;
  const between = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect(Number(port), hostname);
    t.after(() => client.destroy());
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
    client.on("close", () => server.destroy());
    join(client, server);
  }).listen(0, "127.0.0.1");
  await once(between, "listening");
  t.after(() => between.close());
  const address = between.address();
  assert.ok(address !== null && typeof address === "object");
  url.port = String(address.port);
  return url.href;
}

/** How many connections listen to a database. */
async function listeners(database: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and application_name = 'bellhop listener'`.execute(database.handle);
  return rows[0]?.count ?? Number.NaN;
}

const noneListens = (database: Database): Promise<true> =>
  until("no connection that listens", async () => ((await listeners(database)) === 0 ? true : undefined));

test("a listener that cannot listen leaves no connection behind", async (t) => {
  const database = await openPostgres({ url: await freshPostgres(t), report: (error) => t.diagnostic(error.message) });
  t.after(() => database.close());
  // No channel can have this name.
  await assert.rejects(database.listen("", { message: () => undefined, resumed: () => undefined }), /zero-length/);
  await noneListens(database);
});

test("a listener that is closed while it connects again leaves no connection behind", async (t) => {
  const direct = await freshPostgres(t);
  const database = await openPostgres({ url: direct, report: (error) => t.diagnostic(error.message) });
  t.after(() => database.close());
  const gate = Promise.withResolvers<void>();
  let connections = 0;
  // The first connection is passed on at once, the next when the test says so.
  const url = await startBetween(t, direct, (client, server) => {
    connections += 1;
    const passed = connections === 1 ? Promise.resolve() : gate.promise;
    void passed.then(() => client.pipe(server).pipe(client));
  });
  const subscription = await listenOnPostgres({
    url,
    channel: "words_changed",
    listener: { message: () => undefined, resumed: () => assert.fail("it was closed before") },
    notify: (channel) => database.notify(database.handle, channel, ""),
    report: (error) => t.diagnostic(error.message),
  });
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'bellhop listener'`.execute(database.handle);
  await until("that it connects again", () => (connections === 2 ? true : undefined));
  const closed = subscription.close();
  gate.resolve();
  await closed;
  await noneListens(database);
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
