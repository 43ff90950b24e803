import type { Migration } from "../../database/handle.ts";

/**
 * The chain of receipts. Records are written once and never again; they name nobody. Whose a chain is, `receipt_chains`
 * knows, and what a record's digests were made of lies in `receipts`, beside its salt: both are erased with the person.
 */
export const migration: Migration = {
  name: "0020-receipt-chain",
  statements: [
    // No salt: a receipt that is older than the chain, or one whose person was erased.
    `alter table receipts
      add column salt text,
      add column asked text,
      add column asked_digest text,
      add column answered text,
      add column answered_digest text`,
    `create index receipts_unchained on receipts (id)
      where salt is null and outcome <> 'open' and user_id <> '00000000-0000-0000-0000-000000000000'`,
    "create table receipt_chains (user_id uuid primary key, chain uuid not null unique)",
    `create table receipt_lanes (
      lane integer primary key check (lane > 0),
      holder uuid not null,
      leased_until timestamptz not null
    )`,
    // The key is the fence: whoever believes to hold a lane that another has taken over meets the other's record.
    `create table receipt_records (
      chain uuid not null,
      lane integer not null,
      seq integer not null check (seq > 0),
      prev text,
      hash text not null,
      receipt_id uuid not null,
      kind text not null check (kind in ('call', 'intent', 'outcome', 'anchor')),
      at timestamptz not null,
      args text not null,
      facts text not null,
      result text,
      added_at timestamptz not null default clock_timestamp(),
      primary key (chain, lane, seq),
      check ((seq = 1) = (prev is null))
    )`,
    "create unique index receipt_records_of_receipt on receipt_records (receipt_id, kind)",
    // What is new is found by the database's own time; rows lie in that order, so a summary of blocks is enough.
    "create index receipt_records_added on receipt_records using brin (added_at)",
    `create table receipt_checkpoints (
      number integer primary key,
      body jsonb not null,
      hash text not null unique,
      signature text not null,
      horizon timestamptz not null
    )`,
    `create table receipt_leaves (
      chain uuid not null,
      number integer not null references receipt_checkpoints (number),
      records integer not null,
      leaf jsonb not null,
      path jsonb not null,
      primary key (chain, number)
    )`,
    `create table receipt_keys (
      kid text primary key,
      public_key jsonb not null,
      private_key_sealed bytea,
      created_at timestamptz not null,
      retired_at timestamptz,
      check ((private_key_sealed is null) = (retired_at is not null))
    )`,
  ],
};
