import { migrations as accountMigrations } from "../accounts/migrations/index.ts";
import { keptLimitStatements, limitStatements } from "../adapters/limits/limits.ts";
import type { Migration } from "../database/handle.ts";
import { migrations as ledgerMigrations } from "../ledger/migrations/index.ts";
import { migrations as oauthMigrations } from "../oauth/migrations/index.ts";
import { toolsetMigrations } from "../toolsets/index.ts";
import { migrations as workMigrations } from "../work/migrations/index.ts";

const limitsMigrations: readonly Migration[] = [
  { name: "0006-limits", statements: limitStatements },
  { name: "0017-limits-kept", statements: keptLimitStatements },
];
/** The tables of every room, in the order of their numbers. */
export const migrations: readonly Migration[] = [
  ...accountMigrations,
  ...oauthMigrations,
  ...ledgerMigrations,
  ...toolsetMigrations,
  ...workMigrations,
  ...limitsMigrations,
];
