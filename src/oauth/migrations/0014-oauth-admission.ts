import type { Migration } from "../../database/handle.ts";

/**
 * Who may link and be acted for: channels that are off for everyone or set for one account, and accounts that are cut
 * off; links that were narrowed after they were agreed to; and the timeline of each attempt to link.
 */
export const migration: Migration = {
  name: "0014-oauth-admission",
  statements: [
    `create table oauth_channels (
      channel text primary key,
      enabled boolean not null,
      changed_at timestamptz not null
    )`,
    `create table oauth_user_channels (
      user_id uuid not null references users (id) on delete cascade,
      channel text not null,
      enabled boolean not null,
      changed_at timestamptz not null,
      primary key (user_id, channel)
    )`,
    `create table oauth_cut_off_users (
      user_id uuid primary key references users (id) on delete cascade,
      cut_off_at timestamptz not null
    )`,
    "alter table oauth_grants add column agreed_scope text",
    "alter table oauth_grants add column first_called_at timestamptz",
    "update oauth_grants set first_called_at = last_used_at",
    "alter table oauth_grants drop constraint oauth_grants_revoked_reason_check",
    `alter table oauth_grants add constraint oauth_grants_revoked_reason_check
      check (revoked_reason in ('person', 'client', 'code_replay', 'refresh_reuse', 'admin'))`,
    "create index oauth_grants_newest on oauth_grants (id desc) where revoked_at is null",
    `create table oauth_link_attempts (
      id uuid primary key,
      request_id uuid unique,
      grant_id uuid unique,
      user_id uuid references users (id) on delete cascade,
      client_id text,
      client_name text,
      channel text,
      redirect text,
      machine text,
      browser text,
      state text not null check (state in ('open', 'failed', 'linked', 'working')),
      steps jsonb not null check (jsonb_typeof(steps) = 'array'),
      folded int not null default 0,
      started_at timestamptz not null,
      last_at timestamptz not null
    )`,
    "create index oauth_link_attempts_time on oauth_link_attempts (last_at)",
    "create index oauth_link_attempts_user on oauth_link_attempts (user_id, last_at)",
    "create index oauth_link_attempts_client on oauth_link_attempts (client_id, last_at)",
    "create index oauth_link_attempts_machine on oauth_link_attempts (machine, last_at)",
    "create index oauth_link_attempts_browser on oauth_link_attempts (browser, last_at)",
  ],
};
