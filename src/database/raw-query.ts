import { CompiledQuery, sql } from "kysely";
import type { Handle } from "./handle.ts";

/** Runs one statement with its values, on either engine. */
export async function rawQuery(
  handle: Handle,
  text: string,
  values: readonly unknown[],
): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number }> {
  const { rows, numAffectedRows } = await handle.executeQuery<unknown>(CompiledQuery.raw(text, [...values]));
  return { rows, rowCount: Number(numAffectedRows ?? rows.length) };
}

/** Sends a notification (PostgreSQL NOTIFY); inside a transaction its commit sends it. */
export async function notify(handle: Handle, channel: string, payload: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(handle);
}
