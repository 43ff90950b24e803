import { PGlite, type Transaction } from "@electric-sql/pglite";
import { Kysely, PGliteDialect } from "kysely";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../kernel/clock.ts";
import { startCheckpoints } from "./checkpoints.ts";
import { copyMessage, requireCopied } from "./copy.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Database } from "./handle.ts";
import { applyMigrations, isOutdated } from "./migrate.ts";
import { keepPrepared } from "./prepared.ts";
import { notify, rawQuery } from "./raw-query.ts";
import { writeSnapshot } from "./snapshots.ts";
import { markTransaction, outsideOnly } from "./transaction-scope.ts";

interface PGliteParts {
  /** Where the database lies; absent means memory alone, for tests. */
  readonly directory?: string;
  /** Where snapshots are written. */
  readonly snapshotDirectory?: string;
  readonly clock: Clock;
  /** A data directory packed by `dumpDataDir`, to start from. */
  readonly from?: Blob;
}

/**
 * Without zero-filling, a new 16 MB write-ahead segment does not stall the event loop; the operating system caches files
 * anyway, so small buffers spare memory.
 */
const START = ["wal_init_zero=off", "wal_recycle=off", "TimeZone=UTC", "shared_buffers=32MB"].flatMap((set) => [
  "-c",
  set,
]);

/**
 * PGlite answers queued queries in microtasks, so a busy queue would starve input and output.
 * This lets the event loop turn after each statement or transaction.
 */
async function inTurn<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await nextTurn();
  }
}

/** What Kysely works with: the same for each of its statements and transactions. */
function fairQueue(pglite: PGlite, gate: Gate): ConstructorParameters<typeof PGliteDialect>[0]["pglite"] {
  return {
    get closed() {
      return pglite.closed;
    },
    get ready() {
      return pglite.ready;
    },
    waitReady: pglite.waitReady,
    close: () => pglite.close(),
    query: (text, values, options) => gate.pass(() => inTurn(pglite.query(text, values, options))),
    // Let in by its caller: it must not be refused half-way.
    transaction: (work) => inTurn(pglite.transaction(async (tx: Transaction) => work(tx))),
  };
}

/** How long a statement or transaction that has begun is waited for when the database is closed. */
const CLOSING_MS = 5_000;

/**
 * Sends messages of the protocol when nobody else does, within the two locks that PGlite's own `query` takes: else they
 * could land in the middle of somebody's transaction, or of a snapshot. `transaction` would take them too, and send two
 * statements more.
 */
const exclusively = <T>(pglite: PGlite, work: () => Promise<T>): Promise<T> =>
  pglite._runExclusiveTransaction(() => pglite._runExclusiveQuery(work));

/** Opens the embedded database. The caller holds the directory's lock. */
export async function openPGlite(parts: PGliteParts): Promise<Database> {
  const pglite = await PGlite.create({
    dataDir: parts.directory ?? "memory://",
    startParams: [...PGlite.defaultStartParams, ...START],
    ...(parts.from ? { loadDataDir: parts.from } : {}),
  });
  // PGlite ends under what is on its way, and Kysely's transaction then never begins, nor says so.
  const gate = createGate(CLOSING_MS);
  const kysely = new Kysely<Record<never, never>>({ dialect: new PGliteDialect({ pglite: fairQueue(pglite, gate) }) });
  const handle = kysely.withPlugin(outsideOnly);
  const alone = <T>(work: () => Promise<T>): Promise<T> => gate.pass(() => inTurn(exclusively(pglite, work)));
  const ask = keepPrepared(pglite);
  const checkpoints = parts.directory ? startCheckpoints(pglite) : undefined;
  const snapshot = async (): Promise<string> => {
    const dump = await gate.pass(() => pglite.dumpDataDir("gzip"));
    return writeSnapshot(parts.snapshotDirectory ?? ".", parts.clock(), dump);
  };
  return {
    engine: "pglite",
    handle,
    transaction: (work) => gate.pass(() => kysely.transaction().execute((trx) => markTransaction(() => work(trx)))),
    copy: (rows) => alone(async () => requireCopied(await pglite.execProtocolRaw(copyMessage(await rows())))),
    async ask(name, query) {
      const compiled = query.compile(handle);
      return alone(() => ask(name, compiled));
    },
    query: (text, values) => rawQuery(handle, text, values),
    notify,
    async listen(channel, listener) {
      const stop = await pglite.listen(channel, (payload) => listener.message(payload));
      // A database that is closed hears nothing any more.
      return { close: async () => (pglite.closed ? undefined : stop()) };
    },
    outdated: (migrations) => isOutdated(kysely, migrations),
    migrate: (migrations) => gate.pass(() => applyMigrations(kysely, migrations)),
    snapshot,
    async close() {
      await Promise.all([gate.shut(), checkpoints?.stop()]);
      await kysely.destroy();
    },
  };
}
