import type { Migration } from "../../database/handle.ts";

/**
 * People on their way to a provider and back, and the tokens that providers gave for them. Nothing in either table can
 * be used by who reads it: states and browsers are hashes, everything else that matters is sealed.
 */
export const migration: Migration = {
  name: "0012-upstream",
  statements: [
    `create table departures (
      state_hash bytea primary key,
      browser_hash bytea not null,
      sealed bytea not null,
      expires_at timestamptz not null
    )`,
    `create index departures_by_end on departures (expires_at)`,
    `create table upstream_tokens (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      provider text not null,
      issuer text not null,
      subject text not null,
      sealed bytea,
      refreshable boolean not null,
      expires_at timestamptz not null,
      leased_until timestamptz,
      updated_at timestamptz not null,
      unique (user_id, provider)
    )`,
    `create index upstream_tokens_by_end on upstream_tokens (expires_at)`,
  ],
};
