import type { Migration } from "../../database/handle.ts";

/**
 * Mail and push have their own tries, and a mail may have its address fixed. What waits from before has an entry of each way;
 * what an older process still writes is said by mail.
 */
export const migration: Migration = {
  name: "0031-work-outbox-ways",
  statements: [
    `alter table outbox add column way text not null default 'mail' check (way in ('mail', 'push')),
      add column recipient text, add constraint outbox_recipient check (recipient is null or way = 'mail')`,
    `insert into outbox (id, kind, user_id, ref, way, attempts, next_at, created_at)
      select gen_random_uuid(), kind, user_id, ref, 'push', attempts, next_at, created_at from outbox where done_at is null`,
    "drop index outbox_due",
    "create index outbox_due on outbox (way, next_at) where done_at is null",
  ],
};
