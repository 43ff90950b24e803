import { type CompiledQuery, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { AppError } from "../kernel/errors.ts";
import { copyMessage } from "./copy.ts";
import type { Database, Migration } from "./handle.ts";
import { applyMigrations, isOutdated } from "./migrate.ts";
import { listenOnPostgres } from "./postgres-listener.ts";
import { rowsOf } from "./prepared.ts";
import { notify, rawQuery } from "./raw-query.ts";
import { markTransaction, outsideOnly } from "./transaction-scope.ts";

interface PostgresParts {
  /** `postgres://…`, of a direct or session-mode connection. */
  readonly url: string;
  /** Told of a connection that broke while idle; the pool replaces it. */
  readonly report: (error: Error) => void;
}

const OLDEST = 15;
/** No statement of ours takes longer, but for those of a migration. */
const STATEMENT_MS = 20_000;
/** A transaction of ours waits for nothing but the database. */
const IDLE_IN_TRANSACTION_MS = 60_000;

const connectionTo = (url: string): pg.PoolConfig => ({
  connectionString: url,
  connectionTimeoutMillis: 10_000,
  application_name: "bellhop",
});

/**
 * Limits each new connection, by statements: a pooler refuses settings that it does not know where a connection starts. The
 * pool waits for the promise, and gives up a connection on which it fails; its types say less.
 */
const limit = (client: pg.ClientBase): unknown => client.query(SETTINGS);
/** Also where the role or the database has limits of its own. */
const unlimit = (client: pg.ClientBase): unknown =>
  client.query("set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0");
const SETTINGS = `set statement_timeout = ${STATEMENT_MS}; set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`;

async function requireVersion(pool: pg.Pool): Promise<void> {
  const version = await serverVersion(pool).catch((cause: unknown) => {
    throw new AppError("unavailable", "The database at DATABASE_URL does not answer.", {
      cause,
      next: `Check that it runs and that the address, user and password are right (${cause instanceof Error ? cause.message || cause.name : "no reason given"}).`,
    });
  });
  if (version >= OLDEST * 10_000) return;
  throw new AppError("unavailable", `PostgreSQL ${OLDEST} or newer is needed.`, {
    next: "Point DATABASE_URL at a newer server.",
  });
}

async function serverVersion(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  return rows[0]?.version ?? 0;
}

/** The whole exchange of a COPY on the wire at once; rejects with the server's error. */
const sendCopy = (client: pg.PoolClient, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query({
      submit: (connection: pg.Connection) => void connection.stream.write(bytes),
      handleCopyInResponse: () => undefined,
      handleCommandComplete: () => undefined,
      handleError: reject,
      handleReadyForQuery: resolve,
    });
  });

/** "cached plan must not change result type": a newer process has given one of its columns another type. */
const isOfBefore = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === "0A000";

/**
 * The driver remembers by name which statements a connection has parsed, and forgets none. One that does not fit its tables
 * any more is asked without a name instead: else every call on that connection would fail until this process is replaced.
 */
async function ask<Row>(pool: pg.Pool, name: string, statement: CompiledQuery<Row>): Promise<readonly Row[]> {
  const query = { text: statement.sql, values: [...statement.parameters] };
  const { rows } = await pool.query({ name, ...query }).catch((error: unknown) => {
    if (isOfBefore(error)) return pool.query(query);
    throw error;
  });
  return rowsOf(statement, rows);
}

async function copy(pool: pg.Pool, rows: Parameters<Database["copy"]>[0]): Promise<void> {
  const client = await pool.connect();
  try {
    await sendCopy(client, copyMessage(await rows()));
  } finally {
    client.release();
  }
}

/**
 * On a connection of its own that has no limits: an index over many rows, or the migration of another process, may take its
 * time.
 */
async function migrate({ url, report }: PostgresParts, migrations: readonly Migration[]): Promise<readonly string[]> {
  const pool = new pg.Pool({ ...connectionTo(url), max: 1, onConnect: unlimit });
  pool.on("error", report);
  try {
    return await applyMigrations(new Kysely({ dialect: new PostgresDialect({ pool }) }), migrations);
  } finally {
    await pool.end();
  }
}

/**
 * Opens PostgreSQL.
 * @throws AppError `unavailable` when it does not answer or is too old.
 */
export async function openPostgres(parts: PostgresParts): Promise<Database> {
  const pool = new pg.Pool({ ...connectionTo(parts.url), max: 10, onConnect: limit });
  pool.on("error", parts.report);
  await requireVersion(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const kysely = new Kysely<Record<never, never>>({ dialect: new PostgresDialect({ pool }) });
  const handle = kysely.withPlugin(outsideOnly);
  return {
    engine: "postgres",
    handle,
    transaction: (work) => kysely.transaction().execute((trx) => markTransaction(() => work(trx))),
    copy: (rows) => copy(pool, rows),
    ask: async (name, query) => ask(pool, name, query.compile(handle)),
    query: (text, values) => rawQuery(handle, text, values),
    notify,
    listen: (channel, listener) =>
      listenOnPostgres({
        url: parts.url,
        channel,
        listener,
        notify: (other) => notify(handle, other, ""),
        report: parts.report,
      }),
    outdated: (migrations) => isOutdated(kysely, migrations),
    migrate: (migrations) => migrate(parts, migrations),
    snapshot: () => {
      throw new AppError("invalid_request", "Snapshots are for the embedded database.", {
        next: "Back up PostgreSQL with its own tools, such as pg_dump.",
      });
    },
    close: () => kysely.destroy(),
  };
}
