import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { CHALLENGE_SECONDS, createPasskeyChallenges } from "./passkey-challenges.ts";
import { readAssertion, readRegistration, refusedPasskey } from "./passkey-responses.ts";
import {
  type Passkey,
  type PasskeyAddress,
  type PasskeyCredential,
  findPasskey,
  listPasskeys,
  usePasskey,
} from "./records/passkeys.ts";
import { webAuthn } from "./web-authn.ts";

interface PasskeyParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly baseUrl: string;
}

/** WebAuthn Level 3, for people who are signed in: a passkey proves that the person is there, and signs nobody in. */
export interface Passkeys {
  /** A person's passkeys, oldest first. */
  list(userId: string): Promise<readonly Passkey[]>;
  /** What a browser makes a passkey with. The challenge is good in that browser session alone. */
  registration(
    user: { readonly id: string; readonly label: string },
    sessionRef: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /**
   * Verifies a new passkey (§7.1). Stores nothing.
   * @throws AppError `passkey_refused`, `invalid_request`.
   */
  verifyRegistration(userId: string, sessionRef: string, answer: unknown): Promise<PasskeyCredential>;
  /**
   * What a browser asks one of the person's passkeys with, to decide on what the digest stands for.
   * @throws AppError `not_found` when they have none.
   */
  decision(userId: string, digest: string): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /**
   * Verifies that one of the person's passkeys answered for this digest (§7.2), with the person verified, once.
   * @throws AppError `passkey_refused`, `invalid_request`.
   */
  verifyDecision(userId: string, digest: string, answer: unknown): Promise<void>;
}

const TIMEOUT_MS = CHALLENGE_SECONDS * 1000;

/**
 * What every authenticator can and every supported Node verifies, whichever process it meets: EdDSA, ES256 and RS256 by
 * their numbers (RFC 9053 §2, RFC 8812 §2).
 */
const ALGORITHMS = [-8, -7, -257];

/** The user handle (§6.1): the bytes of the user's id, which says nothing of the person. */
const handleOf = (userId: string): Buffer<ArrayBuffer> => Buffer.from(userId.replaceAll("-", ""), "hex");

const addressOf = ({ credentialId, transports }: PasskeyAddress) => ({ id: credentialId, transports: [...transports] });

/** Where every answer has to come from. Its host is the RP id: no request and no header ever names another. */
function expectedAt(baseUrl: string) {
  const { origin, hostname } = new URL(baseUrl);
  return { expectedOrigin: origin, expectedRPID: hostname, requireUserVerification: true };
}

/** The library says no by throwing; what it says is for the log. */
async function accepted<T extends { readonly verified: boolean }>(verifying: Promise<T>): Promise<T> {
  const result = await verifying.catch((cause: unknown) => {
    throw refusedPasskey(cause);
  });
  if (!result.verified) throw refusedPasskey(new Error("The signature is not the passkey's."));
  return result;
}

/** The ceremony of §7.1, for a challenge that was used up for it. */
async function newCredential(
  expected: ReturnType<typeof expectedAt>,
  response: Awaited<ReturnType<typeof readRegistration>>["answer"],
  expectedChallenge: string,
): Promise<PasskeyCredential> {
  const { verifyRegistrationResponse } = await webAuthn();
  const { registrationInfo } = await accepted(
    verifyRegistrationResponse({ ...expected, response, expectedChallenge, supportedAlgorithmIDs: ALGORITHMS }),
  );
  if (!registrationInfo) throw refusedPasskey(new Error("The library verified nothing."));
  const { id: credentialId, publicKey, counter } = registrationInfo.credential;
  const { transports } = response.response;
  return { credentialId, publicKey, counter, transports, backedUp: registrationInfo.credentialBackedUp };
}

/** The ceremony of §7.2 against a passkey of the person, for a challenge that was used up for it. */
async function newUse(
  expected: ReturnType<typeof expectedAt>,
  response: ReturnType<typeof readAssertion>["answer"],
  expectedChallenge: string,
  { credentialId: id, counter, publicKey }: PasskeyCredential,
) {
  const credential = { id, counter, publicKey: new Uint8Array(publicKey) };
  const { verifyAuthenticationResponse } = await webAuthn();
  const { authenticationInfo } = await accepted(
    verifyAuthenticationResponse({ ...expected, response, expectedChallenge, credential }),
  );
  return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
}

/** Builds passkeys for the one origin of the base URL. */
export function createPasskeys({ database, clock, baseUrl }: PasskeyParts): Passkeys {
  const { handle } = database;
  const expected = expectedAt(baseUrl);
  const rpID = expected.expectedRPID;
  const challenges = createPasskeyChallenges(database, clock);

  return {
    list: (userId) => listPasskeys(handle, userId),

    async registration(user, sessionRef) {
      const known = await listPasskeys(handle, user.id);
      const { generateRegistrationOptions } = await webAuthn();
      return generateRegistrationOptions({
        rpName: new URL(baseUrl).host,
        rpID,
        userID: handleOf(user.id),
        userName: user.label,
        challenge: await challenges.give({ userId: user.id, purpose: "register", boundTo: sessionRef }),
        timeout: TIMEOUT_MS,
        excludeCredentials: known.map(addressOf),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        supportedAlgorithmIDs: ALGORITHMS,
      });
    },

    async verifyRegistration(userId, sessionRef, given) {
      const { answer, challenge } = await readRegistration(given);
      await challenges.use(challenge, { userId, purpose: "register", boundTo: sessionRef });
      return newCredential(expected, answer, challenge);
    },

    async decision(userId, digest) {
      const known = await listPasskeys(handle, userId);
      if (known.length === 0) {
        const next = "Sign in again instead, or add a passkey in your settings.";
        throw new AppError("not_found", "You have no passkey yet.", { next });
      }
      const { generateAuthenticationOptions } = await webAuthn();
      return generateAuthenticationOptions({
        rpID,
        challenge: await challenges.give({ userId, purpose: "decide", boundTo: digest }),
        timeout: TIMEOUT_MS,
        allowCredentials: known.map(addressOf),
        userVerification: "required",
      });
    },

    async verifyDecision(userId, digest, given) {
      const { answer, userHandle, challenge } = readAssertion(given);
      await challenges.use(challenge, { userId, purpose: "decide", boundTo: digest });
      const passkey = await findPasskey(handle, userId, answer.id);
      if (!passkey) throw refusedPasskey(new Error("It is no passkey of this person's."));
      if (userHandle !== null && userHandle !== handleOf(userId).toString("base64url"))
        throw refusedPasskey(new Error("It was made for another account."));
      const use = await newUse(expected, answer, challenge, passkey);
      if (await usePasskey(handle, passkey.id, { ...use, now: clock() })) return;
      throw refusedPasskey(new Error("Its count did not rise: it may have been copied."));
    },
  };
}
