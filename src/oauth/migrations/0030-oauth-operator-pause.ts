import type { Migration } from "../../database/handle.ts";

/**
 * Whom the operator has paused, which the person cannot lift. A table of its own, so that a process of the release before
 * still writes the person's own pause while this one is being put in its place.
 */
export const migration: Migration = {
  name: "0030-oauth-operator-pause",
  statements: [
    `create table oauth_operator_pauses (
      user_id uuid primary key references users (id) on delete cascade,
      paused_at timestamptz not null
    )`,
  ],
};
