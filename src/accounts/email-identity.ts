import { randomInt } from "node:crypto";
import type { Database } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import type { IdentityProvider, Proof, VerifiedIdentity } from "../kernel/ports/identity.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { MailPort } from "../kernel/ports/mail.ts";
import { createSealer, sha256 } from "../kernel/seal.ts";
import { deleteCode, deleteExpiredCodes, insertCode, tryCode } from "./records/sign-in-codes.ts";
import { takeCodeLimits } from "./sign-in-limits.ts";
import { signInMessage } from "./sign-in-message.ts";

interface EmailParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly mail: MailPort;
  readonly limits: LimitsPort;
  readonly masterSecret: string;
}

/** A code that is on its way. */
export interface Challenge {
  /** Names the code; handed back with it. */
  readonly challenge: string;
  readonly expiresAt: Date;
}

/** Proves that a person reads an address, by a code that is sent there. */
export interface EmailIdentity extends IdentityProvider {
  /**
   * Sends a code. Does the same for every address: whether it has an account is not even looked up.
   * @param address normalised. @param client where the request came from, for the limits.
   * @param browser names the browser where this address was proven before in it, for the limits too.
   * @throws AppError `rate_limited`, or `unavailable` when no mail left (nothing is then kept).
   */
  begin(address: string, client: string, browser?: string | null): Promise<Challenge>;
}

const LIFETIME_MINUTES = 10;
const MAX_TRIES = 5;
const DIGITS = 6;

const newCode = (): string => String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0");

/** People type codes as they read them, in groups. */
const typed = (code: string): string => code.replaceAll(/[\s-]/g, "");

/** One answer for every reason, so that it tells nothing. */
const refused = (): AppError => new AppError("invalid_code", "This code is wrong, used, or no longer valid.");

/** Sign-in by a one-time code of 6 digits: 10 minutes, 5 tries, one use; kept only as a MAC bound to its challenge. */
export function createEmailIdentity(parts: EmailParts): EmailIdentity {
  const { database, clock, limits } = parts;
  const sealer = createSealer(parts.masterSecret, "accounts/sign-in-code");
  const macOf = (challenge: string, code: string): Buffer => sealer.mac(JSON.stringify([challenge, code]));

  async function send(address: string): Promise<Challenge> {
    const now = clock();
    const [challenge, code, expiresAt] = [randomToken(), newCode(), after(now, LIFETIME_MINUTES * 60)];
    const challengeHash = sha256(challenge);
    await deleteExpiredCodes(database.handle, now);
    await insertCode(database.handle, { challengeHash, address, codeMac: macOf(challenge, code), now, expiresAt });
    const message = signInMessage({ address, code, expiresAt, minutes: LIFETIME_MINUTES, baseUrl: parts.baseUrl });
    await parts.mail.send(message).catch(async (error: unknown) => {
      await deleteCode(database.handle, challengeHash);
      throw error;
    });
    return { challenge, expiresAt };
  }

  return {
    id: "email",
    title: "Email",
    takesTokens: false,
    async begin(address, client, browser) {
      await takeCodeLimits(limits, address, client, browser);
      return send(address);
    },
    async verify(proof: Proof, now: Date): Promise<VerifiedIdentity> {
      if (!("code" in proof)) throw refused();
      const { challenge, code } = proof;
      const codeMac = macOf(challenge, typed(code));
      const attempt = { challengeHash: sha256(challenge), codeMac, maxTries: MAX_TRIES, now };
      const address = await tryCode(database.handle, attempt);
      if (address === null) throw refused();
      return { issuer: "email", subject: address, label: address };
    },
  };
}
