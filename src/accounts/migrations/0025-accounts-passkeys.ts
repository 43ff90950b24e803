import type { Migration } from "../../database/handle.ts";

/** Passkeys (WebAuthn credentials), and the challenges that are out: each is deleted by the statement that uses it. */
export const migration: Migration = {
  name: "0025-accounts-passkeys",
  statements: [
    `create table passkeys (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      credential_id text not null unique,
      public_key bytea not null,
      counter bigint not null,
      transports jsonb not null,
      label text not null,
      backed_up boolean not null,
      created_at timestamptz not null,
      last_used_at timestamptz
    )`,
    `create index passkeys_of_user on passkeys (user_id, created_at)`,
    `create table passkey_challenges (
      hash bytea primary key,
      user_id uuid not null references users (id) on delete cascade,
      purpose text not null check (purpose in ('register', 'decide')),
      bound_to text,
      expires_at timestamptz not null
    )`,
    `create index passkey_challenges_of_user on passkey_challenges (user_id)`,
    `create index passkey_challenges_by_end on passkey_challenges (expires_at)`,
  ],
};
