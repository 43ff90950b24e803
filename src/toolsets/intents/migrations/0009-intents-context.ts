import type { Migration } from "../../../database/handle.ts";

/** A few words around the quote, so that the person can see what it was taken from; the whole text is still not kept. */
export const migration: Migration = {
  name: "0009-intents-context",
  statements: [
    "alter table intents add column context_before text not null default ''",
    "alter table intents add column context_after text not null default ''",
  ],
};
