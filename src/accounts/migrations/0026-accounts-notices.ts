import type { Migration } from "../../database/handle.ts";

/** How a person is told of what waits for them, and the one key pair by which push services know this server. */
export const migration: Migration = {
  name: "0026-accounts-notices",
  statements: [
    `create table notice_choices (
      user_id uuid primary key references users (id) on delete cascade,
      email boolean not null default true
    )`,
    `create table push_subscriptions (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      endpoint text not null unique,
      p256dh text not null,
      auth text not null,
      label text not null,
      created_at timestamptz not null,
      last_ok_at timestamptz,
      failures integer not null default 0
    )`,
    `create index push_subscriptions_of_user on push_subscriptions (user_id, created_at)`,
    `create table push_keys (
      single boolean primary key default true check (single),
      public_key text not null,
      private_key_sealed bytea not null,
      created_at timestamptz not null
    )`,
  ],
};
