import type { Migration } from "../../database/handle.ts";

/** A browser that its person removes stays until it has been told so, a week at most. */
export const migration: Migration = {
  name: "0032-accounts-removed-browsers",
  statements: ["alter table push_subscriptions add column removed_at timestamptz"],
};
