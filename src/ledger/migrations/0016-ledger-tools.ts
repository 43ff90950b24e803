import type { Migration } from "../../database/handle.ts";

/** A person's receipts of one tool, and which tools there are: a filter must not read all that ever happened. */
export const migration: Migration = {
  name: "0016-ledger-tools",
  statements: ["create index receipts_of_user_by_tool on receipts (user_id, tool, id desc)"],
};
