import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { uuidv7 } from "../../kernel/ids.ts";

/*
 * A passkey: added by a person who has just proven who they are, renamed at will, counted up at each use, deleted when
 * its owner removes it. The public key proves; nothing here can sign.
 */

/** What a person sees of a passkey. */
export interface Passkey {
  readonly id: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** How a browser finds it. */
export interface PasskeyAddress {
  /** Base64url. */
  readonly credentialId: string;
  readonly transports: readonly string[];
}

/** What an answer of it is verified by. */
export interface PasskeyCredential extends PasskeyAddress {
  /** COSE key (RFC 9052 §7). */
  readonly publicKey: Uint8Array;
  /** The signature counter (WebAuthn §6.1.1); 0 where the authenticator keeps none. */
  readonly counter: number;
  readonly backedUp: boolean;
}

/** A person's passkeys, oldest first. */
export async function listPasskeys(db: Handle, userId: string): Promise<readonly (Passkey & PasskeyAddress)[]> {
  const { rows } = await sql<Passkey & PasskeyAddress>`
    select id, label, created_at as "createdAt", last_used_at as "lastUsedAt", credential_id as "credentialId", transports
    from passkeys where user_id = ${userId} order by created_at, id`.execute(db);
  return rows;
}

/** A passkey of this person's by its credential id, or null. */
export async function findPasskey(
  db: Handle,
  userId: string,
  credentialId: string,
): Promise<(PasskeyCredential & { readonly id: string }) | null> {
  const { rows } = await sql<Omit<PasskeyCredential, "counter"> & { readonly id: string; readonly counter: string }>`
    select id, credential_id as "credentialId", public_key as "publicKey", counter::text as counter, transports,
      backed_up as "backedUp"
    from passkeys where user_id = ${userId} and credential_id = ${credentialId}`.execute(db);
  const [row] = rows;
  return row ? { ...row, counter: Number(row.counter) } : null;
}

/** More than anyone uses; it bounds what one account can fill. */
const MOST_PASSKEYS = 20;

/**
 * Adds a passkey. The user's row is locked first, so that of several added at once none exceeds the number.
 * @returns its id; `full` when the person has as many as anyone may; `taken` when this credential is there already.
 */
export async function insertPasskey(
  db: Handle,
  userId: string,
  passkey: PasskeyCredential & { readonly label: string },
  now: Date,
): Promise<{ readonly id: string } | "full" | "taken"> {
  await sql`select id from users where id = ${userId} for update`.execute(db);
  const id = uuidv7(now);
  const { rows: before } = await sql`select id from passkeys where user_id = ${userId}`.execute(db);
  if (before.length >= MOST_PASSKEYS) return "full";
  const { rows } = await sql`
    insert into passkeys (id, user_id, credential_id, public_key, counter, transports, label, backed_up, created_at)
    values (${id}, ${userId}, ${passkey.credentialId}, ${passkey.publicKey}, ${passkey.counter},
      ${JSON.stringify(passkey.transports)}::jsonb, ${passkey.label}, ${passkey.backedUp}, ${now})
    on conflict (credential_id) do nothing returning id`.execute(db);
  return rows.length === 1 ? { id } : "taken";
}

/** Gives a person's passkey another name; false when they have none with this id. */
export async function renamePasskey(db: Handle, userId: string, id: string, label: string): Promise<boolean> {
  const { rows } = await sql`
    update passkeys set label = ${label} where id = ${id} and user_id = ${userId} returning id`.execute(db);
  return rows.length === 1;
}

/** Removes a person's passkey; false when they have none with this id. */
export async function deletePasskey(db: Handle, userId: string, id: string): Promise<boolean> {
  const { rows } = await sql`delete from passkeys where id = ${id} and user_id = ${userId} returning id`.execute(db);
  return rows.length === 1;
}

/**
 * Notes a use. A counter has to rise (WebAuthn §7.2 step 22), unless the authenticator keeps none and it stays 0: one
 * statement, so that of two answers with one count only one is good.
 * @returns false when it did not rise, or the passkey is gone.
 */
export async function usePasskey(
  db: Handle,
  id: string,
  use: { readonly counter: number; readonly backedUp: boolean; readonly now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update passkeys set counter = ${use.counter}, backed_up = ${use.backedUp}, last_used_at = ${use.now}
    where id = ${id} and (counter < ${use.counter} or (counter = 0 and ${use.counter}::bigint = 0))
    returning id`.execute(db);
  return rows.length === 1;
}
