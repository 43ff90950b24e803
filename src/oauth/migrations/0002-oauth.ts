import type { Migration } from "../../database/handle.ts";

/** Clients, grants, codes and signing keys. No token is stored: neither readable nor hashed. */
export const migration: Migration = {
  name: "0002-oauth",
  statements: [
    `create table oauth_clients (
      id text primary key,
      kind text not null check (kind in ('dynamic', 'operator')),
      name text not null,
      uri text,
      redirect_uris jsonb not null check (jsonb_typeof(redirect_uris) = 'array'),
      scope text,
      created_at timestamptz not null
    )`,
    `create table oauth_grants (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      client_id text not null references oauth_clients (id) on delete cascade,
      scope text not null,
      resource text not null,
      redirect_uri text not null,
      channel text not null,
      refresh_counter int not null default 0,
      refresh_rotated_at timestamptz,
      created_at timestamptz not null,
      last_used_at timestamptz not null,
      revoked_at timestamptz,
      revoked_reason text check (revoked_reason in ('person', 'client', 'code_replay', 'refresh_reuse')),
      check ((revoked_at is null) = (revoked_reason is null))
    )`,
    "create index oauth_grants_live on oauth_grants (user_id) where revoked_at is null",
    "create index oauth_grants_client on oauth_grants (client_id)",
    `create table oauth_codes (
      code_hash bytea primary key,
      request_id uuid not null unique,
      grant_id uuid not null unique,
      user_id uuid not null references users (id) on delete cascade,
      client_id text not null references oauth_clients (id) on delete cascade,
      scope text not null,
      resource text not null,
      redirect_uri text not null,
      challenge text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      redeemed_at timestamptz
    )`,
    "create index oauth_codes_expiry on oauth_codes (expires_at)",
    `create table oauth_keys (
      kid text primary key,
      algorithm text not null,
      public_jwk jsonb not null,
      private_key_sealed bytea not null,
      created_at timestamptz not null,
      retired_at timestamptz
    )`,
  ],
};
