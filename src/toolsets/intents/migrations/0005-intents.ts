import type { Migration } from "../../../database/handle.ts";

export const migration: Migration = {
  name: "0005-intents",
  statements: [
    // The text that an intent came from is not kept: its own quote is, and where in that text it stood, in code points.
    `create table intents (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      payload text not null,
      payload_key text not null,
      summary text,
      engine text not null,
      section text not null check (section in ('fullInputText', 'rawText')),
      quote text not null,
      quote_from int not null,
      quote_to int not null check (quote_to > quote_from),
      created_at timestamptz not null,
      archived_at timestamptz
    )`,
    "create unique index intents_active on intents (user_id, payload_key) where archived_at is null",
    "create index intents_user on intents (user_id, created_at)",
  ],
};
