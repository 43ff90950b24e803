import { CompiledQuery } from "kysely";
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
