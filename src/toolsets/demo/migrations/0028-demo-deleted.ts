import type { Migration } from "../../../database/handle.ts";

export const migration: Migration = {
  name: "0028-demo-deleted",
  statements: ["alter table demo_items add column deleted_at timestamptz"],
};
