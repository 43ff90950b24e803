import type { Migration } from "../../database/handle.ts";

/** Who has paused everything that is done in their name. */
export const migration: Migration = {
  name: "0024-oauth-pause",
  statements: [
    `create table oauth_paused_users (
      user_id uuid primary key references users (id) on delete cascade,
      paused_at timestamptz not null
    )`,
  ],
};
