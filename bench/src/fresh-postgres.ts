import { randomBytes } from "node:crypto";
import pg from "pg";
import * as z from "zod";
import { BenchError } from "./bench-error.ts";
import { programOf } from "./machine.ts";

/** An empty database of our own on somebody's PostgreSQL. */
export interface FreshDatabase {
  readonly url: string;
  /** Version and what decides how dear a commit is. */
  readonly about: string;
  /** The processes that work for it, when they run on this machine. */
  pids(): Promise<readonly number[]>;
  drop(): Promise<void>;
}

const aboutSchema = z.tuple([z.object({ version: z.string(), fsync: z.string(), commit: z.string() })]);
const pidsSchema = z.array(z.object({ pid: z.number() }));

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks is told by the next query.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError(`PostgreSQL does not answer: ${reason}. Check --postgres or DATABASE_URL.`, { cause });
  }
  return client;
}

/**
 * Makes a database that nobody else uses; `drop` takes it away again.
 * @param url an account that may create databases
 * @throws BenchError when PostgreSQL cannot be reached.
 */
export async function freshDatabase(url: string): Promise<FreshDatabase> {
  const client = await connect(url);
  const name = `bellhop_bench_${randomBytes(6).toString("hex")}`;
  await client.query(`create database ${name}`);
  const settings = await client.query(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit`,
  );
  const [{ version, fsync, commit }] = aboutSchema.parse(settings.rows);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    about: `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}`,
    async pids() {
      const { rows } = await client.query(
        "select pid from pg_stat_activity where datname = $1 or (datname is null and backend_type <> 'client backend')",
        [name],
      );
      const all = pidsSchema.parse(rows).map(({ pid }) => pid);
      // The numbers mean something only if PostgreSQL runs here, and in no container of its own.
      return all.filter((pid) => programOf(pid) === "postgres");
    },
    async drop() {
      await client.query(`drop database ${name} with (force)`);
      await client.end();
    },
  };
}
