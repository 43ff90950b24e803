import { test, type TestContext } from "node:test";
import pg from "pg";
import type { Database, Migration } from "../src/database/handle.ts";
import { openPGlite } from "../src/database/pglite.ts";
import { openPostgres } from "../src/database/postgres.ts";
import { randomToken } from "../src/kernel/ids.ts";
import type { Lasting } from "./bellhop.ts";
import { emptyPGlite } from "./empty-pglite.ts";

/** The PostgreSQL that the test command started. */
export function postgresUrl(): string {
  const url = process.env["TEST_POSTGRES_URL"];
  if (!url) throw new Error("TEST_POSTGRES_URL is not set: run the tests with `npm test`, which starts PostgreSQL.");
  return url;
}

/** A new database on the test PostgreSQL, dropped when the test ends. */
export async function freshPostgres(t: Lasting): Promise<string> {
  const name = `test_${randomToken(9)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "_")}`;
  const url = new URL(postgresUrl());
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: postgresUrl() });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name}`);
  t.after(() => run(`drop database ${name} with (force)`));
  url.pathname = `/${name}`;
  return url.href;
}

export type Engine = "pglite" | "postgres";
export const engines: readonly Engine[] = ["pglite", "postgres"];

/** Opens an empty database of one engine and migrates it; it is closed when the test ends. */
export async function openTestDatabase(
  t: TestContext,
  engine: Engine,
  migrations: readonly Migration[],
): Promise<Database> {
  const database =
    engine === "pglite"
      ? await openPGlite({ from: await emptyPGlite(), clock: () => new Date() })
      : await openPostgres({ url: await freshPostgres(t), report: (error) => t.diagnostic(error.message) });
  await database.migrate(migrations);
  return database;
}

/** Registers one test for each engine: what holds on one must hold on the other. */
export function eachEngine(
  name: string,
  migrations: readonly Migration[],
  specification: (t: TestContext, database: Database) => Promise<void>,
): void {
  for (const engine of engines) {
    test(`${name} (${engine})`, async (t) => {
      const database = await openTestDatabase(t, engine, migrations);
      try {
        await specification(t, database);
      } finally {
        await database.close();
      }
    });
  }
}
