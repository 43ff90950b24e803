import type { Migration } from "../../database/handle.ts";

/**
 * One row for each call. `user_id` and `grant_id` reference nothing on purpose: a receipt outlives the account and the
 * link that it speaks of.
 */
export const migration: Migration = {
  name: "0003-ledger-receipts",
  statements: [
    `create table receipts (
      id uuid primary key,
      user_id uuid not null,
      client_id text not null,
      client_name text not null,
      grant_id uuid,
      channel text not null,
      tool text not null,
      effect text not null check (effect in ('read', 'write', 'money')),
      args_digest text not null,
      outcome text not null check (outcome in ('open', 'ok', 'refused', 'failed')),
      code text,
      started_at timestamptz not null,
      latency_ms integer not null check (latency_ms >= 0),
      request_id text not null,
      check ((outcome in ('refused', 'failed')) = (code is not null))
    )`,
    "create index receipts_of_user on receipts (user_id, id desc)",
    "create index receipts_open on receipts (started_at) where outcome = 'open'",
  ],
};
