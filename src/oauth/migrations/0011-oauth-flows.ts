import type { Migration } from "../../database/handle.ts";

/**
 * Codes without a challenge, for clients that an operator allowed to go without; the channel that a link was begun on;
 * signing keys that are published before they sign; and the sessions that our own service tokens are bound to.
 */
export const migration: Migration = {
  name: "0011-oauth-flows",
  statements: [
    "alter table oauth_codes alter column challenge drop not null",
    "alter table oauth_codes add column channel text",
    "alter table oauth_keys add column activates_at timestamptz",
    "update oauth_keys set activates_at = created_at",
    "alter table oauth_keys alter column activates_at set not null",
    `create table oauth_service_sessions (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      channel text not null check (channel in ('stdio', 'voice', 'x')),
      scope text not null,
      created_at timestamptz not null,
      renewed_at timestamptz not null,
      ended_at timestamptz
    )`,
    "create index oauth_service_sessions_user on oauth_service_sessions (user_id)",
  ],
};
