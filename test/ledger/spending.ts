import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Database, Migration } from "../../src/database/handle.ts";
import type { Cap } from "../../src/kernel/caps.ts";
import { after } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { migration } from "../../src/ledger/migrations/0027-ledger-spending.ts";
import { createSpending, type SpendingSettings } from "../../src/ledger/spending.ts";
import { usersTable } from "../toolsets/door.ts";

export const now = new Date("2026-11-20T09:30:00.000Z");
export const hours = (count: number): Date => after(now, count * 3600);
export const settings: SpendingSettings = { caps: [], holdHours: 24, freshAfterClicks: 10, freshAboveUsd: "100" };
export const spending = createSpending(settings);

export const usd = (cents: number, recipient?: string) => ({
  amounts: [{ asset: "usd", amount: BigInt(cents), decimals: 2 }],
  ...(recipient === undefined ? {} : { recipient }),
});
export const within = (amount: string, count: number): Cap => ({
  asset: "usd",
  perTransaction: null,
  rolling: { amount, hours: count },
});

/** One database, and what a test does with it. */
export function stage(database: Database) {
  const reserve = (id: string, userId: string, cents: number, at = now, by = spending, recipient?: string) =>
    database.transaction((handle) => by.reserve(handle, { id, userId, spend: usd(cents, recipient), now: at }));
  return {
    async person(): Promise<string> {
      const id = uuidv7(now);
      await sql`insert into users (id) values (${id})`.execute(database.handle);
      return id;
    },
    reserve,
    /** Why it is refused; null when it is reserved. */
    refusal: async (...args: Parameters<typeof reserve>): Promise<AppError | null> =>
      reserve(...args).then(
        () => null,
        (error: unknown) => (error instanceof AppError ? error : assert.fail(String(error))),
      ),
    async held(userId: string, at = now): Promise<string | undefined> {
      const view = await spending.view(database.handle, userId, at);
      return view.caps[0]?.rolling?.spent;
    },
  };
}

/** What these tests need of the schema. */
export const migrations: readonly Migration[] = [usersTable, migration];
