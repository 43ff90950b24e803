import type { Migration } from "../../database/handle.ts";

/**
 * Users and the identities that lead to them, browser sessions, and codes on their way by mail.
 * An identity's foreign key is checked at commit: of two first sign-ins at once the identity decides which user is
 * made, so its row is written before the user's.
 */
export const migration: Migration = {
  name: "0001-accounts",
  statements: [
    `create table users (
      id uuid primary key,
      created_at timestamptz not null
    )`,
    `create table identities (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade deferrable initially deferred,
      issuer text not null,
      subject text not null,
      label text not null,
      created_at timestamptz not null,
      last_used_at timestamptz not null,
      unique (issuer, subject)
    )`,
    `create index identities_of_user on identities (user_id, created_at)`,
    `create table sessions (
      id_hash bytea primary key,
      user_id uuid not null references users (id) on delete cascade,
      created_at timestamptz not null,
      last_seen_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz
    )`,
    `create index sessions_of_user on sessions (user_id)`,
    `create index sessions_by_end on sessions (expires_at)`,
    `create table sign_in_codes (
      challenge_hash bytea primary key,
      address text not null,
      code_mac bytea not null,
      tries integer not null default 0,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    )`,
    `create index sign_in_codes_by_end on sign_in_codes (expires_at)`,
  ],
};
