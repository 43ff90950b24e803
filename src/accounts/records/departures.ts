import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * A person on their way to a provider: written when our own page sends them, taken once when they come back to the same
 * browser, deleted once too much time has passed.
 */

interface NewDeparture {
  readonly stateHash: Uint8Array;
  readonly browserHash: Uint8Array;
  readonly sealed: Uint8Array;
  readonly expiresAt: Date;
}

/** Writes a departure. One of the same state, of a provider that drops states, gives way: the last one counts. */
export async function insertDeparture(db: Handle, departure: NewDeparture): Promise<void> {
  await sql`
    insert into departures (state_hash, browser_hash, sealed, expires_at)
    values (${departure.stateHash}, ${departure.browserHash}, ${departure.sealed}, ${departure.expiresAt})
    on conflict (state_hash) do update
      set browser_hash = excluded.browser_hash, sealed = excluded.sealed, expires_at = excluded.expires_at`.execute(db);
}

/** Takes a departure out: of two returns at once, one finds it. Null for another browser, and when it is too old. */
export async function takeDeparture(
  db: Handle,
  key: { readonly stateHash: Uint8Array; readonly browserHash: Uint8Array; readonly now: Date },
): Promise<Uint8Array | null> {
  const { rows } = await sql<{ sealed: Uint8Array; live: boolean }>`
    delete from departures where state_hash = ${key.stateHash} and browser_hash = ${key.browserHash}
    returning sealed, expires_at > ${key.now} as live`.execute(db);
  return rows[0]?.live ? rows[0].sealed : null;
}

/** Sweeps departures that nobody came back from. */
export async function deleteOldDepartures(db: Handle, now: Date): Promise<void> {
  await sql`delete from departures where expires_at <= ${now}`.execute(db);
}
