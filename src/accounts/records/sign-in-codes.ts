import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * A one-time code on its way by mail: written before the mail is sent, tried at most a few times, used once, deleted
 * once it has expired. Neither challenge nor code can be read back from the row.
 */

interface NewCode {
  readonly challengeHash: Uint8Array;
  readonly address: string;
  readonly codeMac: Uint8Array;
  readonly now: Date;
  readonly expiresAt: Date;
}

export async function insertCode(db: Handle, code: NewCode): Promise<void> {
  await sql`
    insert into sign_in_codes (challenge_hash, address, code_mac, created_at, expires_at)
    values (${code.challengeHash}, ${code.address}, ${code.codeMac}, ${code.now}, ${code.expiresAt})`.execute(db);
}

/** Takes back a code whose mail did not leave. */
export async function deleteCode(db: Handle, challengeHash: Uint8Array): Promise<void> {
  await sql`delete from sign_in_codes where challenge_hash = ${challengeHash}`.execute(db);
}

interface Try {
  readonly challengeHash: Uint8Array;
  readonly codeMac: Uint8Array;
  readonly maxTries: number;
  readonly now: Date;
}

/**
 * Counts a try and, when the code is right, uses it up: one statement on one row, so that guesses made at once can
 * neither exceed the tries nor use a code twice.
 * @returns the address that the code was sent to, or null.
 */
export async function tryCode(db: Handle, attempt: Try): Promise<string | null> {
  const { rows } = await sql<{ address: string; right: boolean }>`
    update sign_in_codes
    set tries = tries + 1, used_at = case when code_mac = ${attempt.codeMac} then ${attempt.now}::timestamptz end
    where challenge_hash = ${attempt.challengeHash}
      and used_at is null and tries < ${attempt.maxTries} and expires_at > ${attempt.now}
    returning address, used_at is not null as right`.execute(db);
  return rows[0]?.right ? rows[0].address : null;
}

/** Sweeps codes that can no longer be used. */
export async function deleteExpiredCodes(db: Handle, now: Date): Promise<void> {
  await sql`delete from sign_in_codes where expires_at <= ${now}`.execute(db);
}
