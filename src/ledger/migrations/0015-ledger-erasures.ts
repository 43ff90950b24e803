import type { Migration } from "../../database/handle.ts";

/**
 * Who was erased a moment ago: a call that was under way then may still leave a receipt, which the next sweep takes.
 * A row is gone within minutes.
 */
export const migration: Migration = {
  name: "0015-ledger-erasures",
  statements: ["create table receipt_erasures (user_id uuid primary key, erased_at timestamptz not null)"],
};
