import type { Kysely, RawBuilder } from "kysely";
import type { CopyRows } from "./copy.ts";

/** No table at all: a record adds the tables of its own room with `handle.$extendTables<...>()`. */
type NoTables = Record<never, never>;

/** A way to the database that knows no table: either outside any transaction, or inside one. */
export type Handle = Kysely<NoTables>;

/** One step of one room's schema. Statements run one by one, in one transaction for each migration. */
export interface Migration {
  /** `0001-accounts-users`: all rooms' migrations run in the order of their names. */
  readonly name: string;
  readonly statements: readonly string[];
}

/** What hears of notifications. */
export interface Listener {
  /** @param payload a pointer to what changed, never the change itself (PostgreSQL allows 8,000 bytes). */
  message(payload: string): void;
  /** The connection was broken for a while: what was sent meanwhile is lost, so look for yourself. */
  resumed(): void;
}

/** A running subscription. */
export interface Subscription {
  close(): Promise<void>;
}

/** An open database. */
export interface Database {
  readonly engine: "pglite" | "postgres";
  /** Outside any transaction. Inside one, use only what `transaction` hands in: on PGlite anything else waits forever. */
  readonly handle: Handle;
  /** Runs `work` in one transaction; what it throws rolls everything back. Nothing but the database may be awaited in it. */
  transaction<T>(work: (handle: Handle) => Promise<T>): Promise<T>;
  /**
   * Stores rows of several tables in one write and one transaction: all of them or none.
   * @param rows asked once the connection is there and nothing but this write can come between; it must use no database.
   */
  copy(rows: () => Promise<readonly CopyRows[]>): Promise<void>;
  /**
   * Asks what nearly every call asks, outside any transaction: each connection parses and plans the statement once, which
   * costs more than answering it.
   * @param name of this statement alone. @param query has the same text each time, and names its columns: with a `*` it
   * would break when another process migrates. Its values are texts, numbers or dates.
   */
  ask<Row>(name: string, query: RawBuilder<Row>): Promise<readonly Row[]>;
  /** Runs one statement of a library that brings its own SQL, outside any transaction. */
  query(
    text: string,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number }>;
  /** Applies what is missing, in order, under an advisory lock. Returns the names that were applied. */
  migrate(migrations: readonly Migration[]): Promise<readonly string[]>;
  /** Hears what any process on this database notifies on a channel. */
  listen(channel: string, listener: Listener): Promise<Subscription>;
  /** Notifies a channel. Inside a transaction, only its commit sends. */
  notify(handle: Handle, channel: string, payload: string): Promise<void>;
  /** True when this database was migrated before, and some of these are missing. */
  outdated(migrations: readonly Migration[]): Promise<boolean>;
  /** Writes a snapshot file and returns its path. Embedded database only. */
  snapshot(): Promise<string>;
  close(): Promise<void>;
}
