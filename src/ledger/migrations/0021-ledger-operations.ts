import type { Migration } from "../../database/handle.ts";

/** The time of a change is in whole milliseconds and rises with every change, so that a question and a time name one change. */
const changed = `create function approvals_changed() returns trigger language plpgsql as $$
begin
  new.changed_at := date_trunc('milliseconds', clock_timestamp());
  if tg_op = 'UPDATE' then
    new.changed_at := greatest(new.changed_at, old.changed_at + interval '1 millisecond');
  end if;
  return new;
end $$`;

/**
 * Calls that outlive their request, and what people decide on. Both go with their user: what they did stays provable by the
 * receipts' chain. Arguments and answers are sealed with the master secret, since nobody marked what in them may be read.
 */
export const migration: Migration = {
  name: "0021-ledger-operations",
  statements: [
    "alter table receipts drop constraint receipts_outcome_check",
    `alter table receipts add constraint receipts_outcome_check
      check (outcome in ('open', 'ok', 'refused', 'failed', 'asked', 'unknown'))`,
    "alter table receipts drop constraint receipts_check",
    `alter table receipts add constraint receipts_code_check
      check ((outcome in ('refused', 'failed', 'unknown')) = (code is not null))`,
    "alter table receipts add column wallet text, add column doubted boolean not null default false",
    "create index receipts_of_user_by_wallet on receipts (user_id, wallet, id desc) where wallet is not null",
    "alter table receipt_records drop constraint receipt_records_kind_check",
    `alter table receipt_records add constraint receipt_records_kind_check
      check (kind in ('call', 'intent', 'outcome', 'evidence', 'anchor'))`,
    `create table operations (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      client_id text not null,
      client_name text not null,
      grant_id uuid,
      channel text not null,
      scopes text not null,
      request_id text not null,
      tool text not null,
      effect text not null check (effect in ('read', 'write', 'money')),
      key text,
      args_mac bytea not null,
      args_sealed bytea not null,
      state text not null check (state in ('waiting', 'queued', 'open', 'done', 'failed', 'unknown')),
      has_job boolean not null,
      code text,
      message text,
      next text,
      answer_sealed bytea,
      created_at timestamptz not null,
      opened_at timestamptz,
      settled_at timestamptz,
      check ((state in ('done', 'failed')) = (settled_at is not null)),
      check (state not in ('failed', 'unknown') or code is not null)
    )`,
    // The same operation id of the same client is the same call.
    "create unique index operations_by_key on operations (user_id, client_id, key) where key is not null",
    "create index operations_of_user on operations (user_id, id desc)",
    "create index operations_settled on operations (settled_at) where settled_at is not null",
    "create index operations_begun on operations (opened_at) where state = 'open' and not has_job",
    `create table approvals (
      id uuid primary key references operations (id) on delete cascade,
      user_id uuid not null,
      proposal_sealed bytea not null,
      strength text not null check (strength in ('usual', 'fresh')),
      policy_version integer not null,
      digest text not null,
      status text not null check (status in ('pending', 'approved', 'rejected', 'expired', 'void')),
      asked_at timestamptz not null,
      expires_at timestamptz not null,
      decided_at timestamptz,
      decided_by text check (decided_by in ('sign_in', 'passkey', 'session')),
      used_at timestamptz,
      code text,
      message text,
      next text,
      changed_at timestamptz not null,
      check ((status in ('approved', 'rejected')) <= (decided_at is not null)),
      check (used_at is null or status = 'approved' or status = 'void'),
      check ((status = 'void') = (code is not null))
    )`,
    changed,
    "create trigger approvals_changed before insert or update on approvals for each row execute function approvals_changed()",
    "create index approvals_waiting on approvals (user_id, expires_at) where status = 'pending'",
    "create index approvals_of_user on approvals (user_id, id desc)",
    "create index approvals_changed on approvals (user_id, changed_at)",
  ],
};
