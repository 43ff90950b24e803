import type { Database } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { randomToken } from "../kernel/ids.ts";
import { sha256 } from "../kernel/seal.ts";
import { refusedPasskey } from "./passkey-responses.ts";
import { type Purpose, insertChallenge, takeChallenge } from "./records/passkey-challenges.ts";

/** Seconds in which a passkey has to answer. */
export const CHALLENGE_SECONDS = 5 * 60;

/** Challenges (WebAuthn §13.4.3): random, for one person and one purpose, good for one answer. */
interface PasskeyChallenges {
  /** A new one, as the library takes it. */
  give(purpose: Purpose): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Uses one up before anything else of an answer is looked at, so that no answer is ever tried twice.
   * @throws AppError `passkey_refused` when it was not given out for this, or is used or out of date.
   */
  use(challenge: string, asked: Purpose): Promise<void>;
}

export function createPasskeyChallenges(database: Database, clock: Clock): PasskeyChallenges {
  const { handle } = database;
  return {
    async give(purpose) {
      const text = randomToken();
      await insertChallenge(handle, { ...purpose, hash: sha256(text), expiresAt: after(clock(), CHALLENGE_SECONDS) });
      return Buffer.from(text, "base64url");
    },
    async use(challenge, asked) {
      const found = await takeChallenge(handle, sha256(challenge));
      const fits = found?.userId === asked.userId && found.purpose === asked.purpose && found.boundTo === asked.boundTo;
      if (fits && found.expiresAt > clock()) return;
      const why = new Error("The challenge is unknown, used, out of date, or was given out for something else.");
      throw refusedPasskey(why, "This question to your passkey is out of date or was answered before.");
    },
  };
}
