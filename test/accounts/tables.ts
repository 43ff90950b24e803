import type { Database } from "../../src/database/handle.ts";

type AccountTable = "users" | "identities" | "sessions" | "sign_in_codes";

/** How many rows a table of this room holds. */
export async function countRows(database: Database, table: AccountTable): Promise<number> {
  const { rows } = await database.query(`select 1 from ${table}`, []);
  return rows.length;
}

/** Every value of the room's tables as text, bytes as hex: what someone reads who steals the database. */
export async function dumpTables(database: Database): Promise<string> {
  const tables: readonly AccountTable[] = ["users", "identities", "sessions", "sign_in_codes"];
  const dumps = await Promise.all(tables.map((table) => database.query(`select t::text as line from ${table} t`, [])));
  return dumps.map(({ rows }) => JSON.stringify(rows)).join("\n");
}
