import type { Migration } from "../../database/handle.ts";

/**
 * What an approval moved when it was given, so that many small ones given by a click alone count as one large; and the
 * session of one of our own surfaces behind an operation, whose end is the end of what it began.
 */
export const migration: Migration = {
  name: "0029-ledger-guard",
  statements: [
    `alter table approvals
      add column worth numeric check (worth >= 0 and worth = trunc(worth)),
      add column worth_decimals int check (worth_decimals >= 0),
      add constraint approvals_worth_whole check ((worth is null) = (worth_decimals is null))`,
    "create index approvals_approved on approvals (user_id, decided_at) where status = 'approved'",
    "alter table operations add column session_id uuid",
  ],
};
