import type { Migration } from "../../database/handle.ts";

/**
 * Mail and push have their own tries, and where one goes may be fixed. What waits from before has an entry of each medium. A
 * process of before 0031 would tell an entry by both and to where it likes: none was ever released.
 */
export const migration: Migration = {
  name: "0031-work-outbox-media",
  statements: [
    `alter table outbox add column medium text not null default 'mail' check (medium in ('mail', 'push')),
      add column target text`,
    "alter table outbox alter column medium drop default",
    `insert into outbox (id, kind, user_id, ref, medium, attempts, next_at, created_at)
      select gen_random_uuid(), kind, user_id, ref, 'push', attempts, next_at, created_at from outbox where done_at is null`,
    "drop index outbox_due",
    "create index outbox_due on outbox (medium, next_at) where done_at is null",
  ],
};
