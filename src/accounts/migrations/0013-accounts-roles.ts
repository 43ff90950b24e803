import type { Migration } from "../../database/handle.ts";

/** What a person may do beyond their own account, and who said so. */
export const migration: Migration = {
  name: "0013-accounts-roles",
  statements: [
    `create table user_roles (
      user_id uuid not null references users (id) on delete cascade,
      role text not null check (role in ('admin')),
      granted_at timestamptz not null,
      granted_by text not null,
      primary key (user_id, role)
    )`,
  ],
};
