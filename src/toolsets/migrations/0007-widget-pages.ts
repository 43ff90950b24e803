import type { Migration } from "../../database/handle.ts";

export const migration: Migration = {
  name: "0007-widget-pages",
  statements: [
    `create table widget_pages (
      name text not null,
      hash text not null,
      content text not null,
      offered_at timestamptz not null,
      primary key (name, hash)
    )`,
  ],
};
