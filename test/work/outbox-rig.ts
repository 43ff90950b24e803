import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Database } from "../../src/database/handle.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { createOutbox, type OutboxParts } from "../../src/work/outbox.ts";
import type { Sender, Senders } from "../../src/work/outbox-medium.ts";
import { until } from "../bellhop.ts";

const backoff = { firstMs: 10, mostMs: 20 };
/** Short ones. */
export const times = { leaseMs: 300, lookMs: 50, patienceMs: 100, backoff, lastingBackoff: backoff };

/** Tells nobody anything. */
export const quiet = async (): Promise<void> => undefined;
/** As where nothing goes on. */
export const alone = { most: 5, taken: {} };
/** To an address that is looked for. */
export const oneMail = { mail: [null], push: [] };
/** To browsers that are looked for. */
export const onePush = { mail: [], push: [null] };
/** Tells by mail alone. */
export const byMail = (mail: Sender["mail"]): Sender => ({ mail, push: quiet });
/** Tells by push alone. */
export const byPush = (push: Sender["push"]): Sender => ({ mail: quiet, push });

/** Opens an outbox; what goes wrong fails the test where it is not foreseen. */
export const open = (
  database: Database,
  senders: Senders,
  report: OutboxParts["report"] = (error) => assert.fail(String(error)),
  pace: OutboxParts["times"] = times,
) => createOutbox({ database, clock: () => new Date(), senders, report, random: () => 0, times: pace });

/** A new person. @returns their id. */
export async function person(database: Database): Promise<string> {
  const id = uuidv7(new Date());
  await sql`insert into users (id) values (${id})`.execute(database.handle);
  return id;
}

/** How much is not told yet. */
export const waiting = async (database: Database): Promise<number> => {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from outbox where done_at is null`.execute(database.handle);
  return rows[0]?.count ?? 0;
};

/** Settles when all was told, or was given up. */
export const empty = (database: Database): Promise<true> =>
  until("an empty outbox", async () => ((await waiting(database)) === 0 ? true : undefined));
