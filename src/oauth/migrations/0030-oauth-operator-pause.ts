import type { Migration } from "../../database/handle.ts";

/** A pause has an owner: the person's own, and the operator's, which the person cannot lift. Both may stand at once. */
export const migration: Migration = {
  name: "0030-oauth-operator-pause",
  statements: [
    `alter table oauth_paused_users
      add column paused_by text not null default 'person' check (paused_by in ('person', 'operator'))`,
    "alter table oauth_paused_users alter column paused_by drop default",
    "alter table oauth_paused_users drop constraint oauth_paused_users_pkey",
    "alter table oauth_paused_users add primary key (user_id, paused_by)",
  ],
};
