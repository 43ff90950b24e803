import { CompiledQuery } from "kysely";
import type { Database } from "../../src/database/handle.ts";

/** One statement, as the composition root hands it to the limits. */
export const rawQuery =
  (database: Database) =>
  async (text: string, values: readonly unknown[]): Promise<{ rows: readonly unknown[]; rowCount: number }> => {
    const { rows } = await database.handle.executeQuery(CompiledQuery.raw(text, [...values]));
    return { rows, rowCount: rows.length };
  };
