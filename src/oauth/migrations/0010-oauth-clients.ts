import type { Migration } from "../../database/handle.ts";

/** Clients of four kinds, what they prove themselves by, and what was read of their own documents. */
export const migration: Migration = {
  name: "0010-oauth-clients",
  statements: [
    "alter table oauth_clients drop constraint oauth_clients_kind_check",
    `alter table oauth_clients
      add constraint oauth_clients_kind_check check (kind in ('dynamic', 'document', 'preset', 'operator')),
      add column auth_methods jsonb not null default '["none"]' check (jsonb_typeof(auth_methods) = 'array'),
      add column pkce_optional boolean not null default false,
      add column channel text,
      add column internal boolean not null default false,
      add column jwks jsonb,
      add column jwks_uri text,
      add column disabled_at timestamptz,
      add column document_fetched_at timestamptz,
      add column document_fresh_until timestamptz`,
    `create table oauth_client_secrets (
      id uuid primary key,
      client_id text not null references oauth_clients (id) on delete cascade,
      secret_hash bytea not null,
      created_at timestamptz not null,
      expires_at timestamptz
    )`,
    "create index oauth_client_secrets_client on oauth_client_secrets (client_id)",
    `create table oauth_assertions (
      client_id text not null,
      jti_hash bytea not null,
      expires_at timestamptz not null,
      primary key (client_id, jti_hash)
    )`,
    "create index oauth_assertions_expiry on oauth_assertions (expires_at)",
    `create table oauth_key_sets (
      uri text primary key,
      jwks jsonb,
      fetched_at timestamptz,
      tried_at timestamptz not null
    )`,
  ],
};
