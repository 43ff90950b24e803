import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * A challenge that a passkey has to answer: written when it is given out, deleted by the statement that uses it, whether
 * the answer then proves right or wrong, and swept once its time is over. Only its hash is kept.
 */

/** What a challenge was given out for. */
export interface Purpose {
  readonly userId: string;
  readonly purpose: "register" | "decide";
  /** `decide`: digest of what is decided; `register`: the browser session that may add a passkey. */
  readonly boundTo: string | null;
}

interface Challenge extends Purpose {
  readonly hash: Uint8Array;
  readonly expiresAt: Date;
}

export async function insertChallenge(db: Handle, challenge: Challenge): Promise<void> {
  await sql`
    insert into passkey_challenges (hash, user_id, purpose, bound_to, expires_at)
    values (${challenge.hash}, ${challenge.userId}, ${challenge.purpose}, ${challenge.boundTo}, ${challenge.expiresAt})
  `.execute(db);
}

/** Uses a challenge up. Null when there is none with this hash: never given out, used before, or swept. */
export async function takeChallenge(db: Handle, hash: Uint8Array): Promise<Challenge | null> {
  const { rows } = await sql<Challenge>`
    delete from passkey_challenges where hash = ${hash}
    returning hash, user_id as "userId", purpose, bound_to as "boundTo", expires_at as "expiresAt"`.execute(db);
  return rows[0] ?? null;
}

/** Sweeps challenges that can no longer be used. */
export async function deleteExpiredChallenges(db: Handle, now: Date): Promise<void> {
  await sql`delete from passkey_challenges where expires_at <= ${now}`.execute(db);
}
