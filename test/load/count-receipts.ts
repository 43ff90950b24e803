import { sql } from "kysely";
import { openDataDirectory } from "../../src/database/data-directory.ts";
import { openPGlite } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";

/**
 * How many calls the receipts of a server tell of that has ended.
 * @param url of its PostgreSQL; absent means the embedded database in its directory.
 */
export async function countReceipts(dataDirectory: string, url: string | undefined): Promise<number> {
  const report = (error: Error): void => console.error(error.message);
  const database =
    url === undefined
      ? await openPGlite({ directory: openDataDirectory(dataDirectory).database, clock: () => new Date() })
      : await openPostgres({ url, report });
  try {
    const { rows } = await sql<{ receipts: number }>`
      select count(*)::int as receipts from receipts where outcome = 'ok'
    `.execute(database.handle);
    return rows[0]?.receipts ?? 0;
  } finally {
    await database.close();
  }
}
