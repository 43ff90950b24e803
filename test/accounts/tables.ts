import type { Database } from "../../src/database/handle.ts";

const TABLES = ["users", "identities", "sessions", "sign_in_codes", "departures", "upstream_tokens"] as const;
type AccountTable = (typeof TABLES)[number];

/** How many rows a table of this room holds. */
export async function countRows(database: Database, table: AccountTable): Promise<number> {
  const { rows } = await database.query(`select 1 from ${table}`, []);
  return rows.length;
}

/** Every value of the room's tables as text, bytes as hex: what someone reads who steals the database. */
export async function dumpTables(database: Database): Promise<string> {
  const dumps = await Promise.all(TABLES.map((table) => database.query(`select t::text as line from ${table} t`, [])));
  return dumps.map(({ rows }) => JSON.stringify(rows)).join("\n");
}
