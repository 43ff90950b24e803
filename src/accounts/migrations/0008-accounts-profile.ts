import type { Migration } from "../../database/handle.ts";

/** The name by which a person wants to be called. */
export const migration: Migration = {
  name: "0008-accounts-profile",
  statements: ["alter table users add column display_name text"],
};
