import { migrations as accountMigrations } from "../accounts/migrations/index.ts";
import { limitStatements } from "../adapters/limits/limits.ts";
import type { Migration } from "../database/handle.ts";
import { migrations as ledgerMigrations } from "../ledger/migrations/index.ts";
import { migrations as oauthMigrations } from "../oauth/migrations/index.ts";
import { toolsetMigrations } from "../toolsets/index.ts";

const limitsMigration: Migration = { name: "0006-limits", statements: limitStatements };
/** The tables of every room, in the order of their numbers. */
export const migrations: readonly Migration[] = [
  ...accountMigrations,
  ...oauthMigrations,
  ...ledgerMigrations,
  ...toolsetMigrations,
  limitsMigration,
];
