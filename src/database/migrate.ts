import { type Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import type { Migration } from "./handle.ts";

const asKysely = (migration: Migration): { up(db: Kysely<unknown>): Promise<void> } => ({
  async up(db) {
    for (const statement of migration.statements) await sql.raw(statement).execute(db);
  },
});

const duplicateOf = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index);

function migratorFor<Tables>(db: Kysely<Tables>, migrations: readonly Migration[]): Migrator {
  const duplicate = duplicateOf(migrations.map((migration) => migration.name));
  if (duplicate) throw new Error(`Two migrations are named ${duplicate}.`);
  const byName = Object.fromEntries(migrations.map((migration) => [migration.name, asKysely(migration)]));
  return new Migrator({
    db,
    provider: { getMigrations: async () => byName },
    migrationTableName: "migrations",
    migrationLockTableName: "migrations_lock",
  });
}

/** True when some of these migrations were applied and some were not: a database of an older version. */
export async function isOutdated<Tables>(db: Kysely<Tables>, migrations: readonly Migration[]): Promise<boolean> {
  const steps = await migratorFor(db, migrations).getMigrations();
  const missing = steps.filter((step) => step.executedAt === undefined);
  return missing.length > 0 && missing.length < steps.length;
}

/**
 * Applies every migration that is missing, in the order of their names, in one transaction and under the advisory lock
 * of PostgreSQL: of several processes that start together one applies and the others wait.
 * @returns the names applied.
 * @throws Error when the database was made by a newer version, or a statement fails (nothing is then applied).
 */
export async function applyMigrations<Tables>(
  db: Kysely<Tables>,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const migrator = migratorFor(db, migrations);
  const { error, results } = await migrator.migrateToLatest();
  if (error)
    throw new Error(
      `The database could not be migrated: ${error instanceof Error ? error.message : "no reason given"}`,
      {
        cause: error,
      },
    );
  return (results ?? []).filter((result) => result.status === "Success").map((result) => result.migrationName);
}
