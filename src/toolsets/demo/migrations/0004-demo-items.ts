import type { Migration } from "../../../database/handle.ts";

export const migration: Migration = {
  name: "0004-demo-items",
  statements: [
    `create table demo_items (
      user_id uuid not null references users (id) on delete cascade,
      item_id text not null,
      status text not null check (status in ('open', 'approved', 'rejected', 'archived')),
      changed_at timestamptz not null,
      primary key (user_id, item_id)
    )`,
  ],
};
