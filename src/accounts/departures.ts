import * as z from "zod";
import type { Database } from "../database/handle.ts";
import { hostCookie } from "../http/cookies.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import type { Departure, IdentityProvider } from "../kernel/ports/identity.ts";
import { createSealer, sha256 } from "../kernel/seal.ts";
import { insertDeparture, takeDeparture } from "./records/departures.ts";

interface DepartureParts {
  readonly database: Database;
  readonly clock: Clock;
  /** The configured origin, without a trailing slash. */
  readonly baseUrl: string;
  readonly masterSecret: string;
  readonly providers: readonly IdentityProvider[];
}

/** The addresses that providers send people back to: one for the pages, one for each assistant that links. */
export const callbackChannels = ["web", "chatgpt", "claude"] as const;
export type CallbackChannel = (typeof callbackChannels)[number];

const planSchema = z.object({
  /** Id of the provider. */
  provider: z.string(),
  channel: z.literal(callbackChannels),
  /** The signed-in person who adds an identity; null when somebody signs in. */
  adds: z.string().nullable(),
  /** The page of ours where the person goes on. */
  to: z.string(),
});

/** What a person leaves for, and where they go on when they are back. */
export type Plan = z.output<typeof planSchema>;

const keptSchema = planSchema.extend({ nonce: z.string(), verifier: z.string() });

/** A person who is back. */
export interface Returned {
  readonly plan: Plan;
  readonly departure: Departure;
}

/** Sends people to providers and knows them again. */
export interface Departures {
  /** Writes down that the person of this browser leaves. @returns what the provider is given, and the browser's cookie. */
  leave(request: Request, plan: Plan): Promise<{ readonly departure: Departure; readonly setCookie: string }>;
  /**
   * Finds, once, what the person of this browser left for.
   * @param state as the provider returned it. @throws AppError `invalid_request`: too old, used, or another browser's.
   */
  comeBack(request: Request, channel: CallbackChannel, state: string | null): Promise<Returned>;
}

const LIFE_SECONDS = 900;
/** 256 bits, base64url. */
const BROWSER = /^[A-Za-z0-9_-]{43}$/;

const lost = (): AppError =>
  new AppError("invalid_request", "This sign-in is too old, was used already, or was begun in another browser.", {
    next: "Begin the sign-in again in this browser.",
  });

/**
 * A departure is a row, taken out by the first return, that only the browser which began it can find: its cookie is
 * half of the key. So nobody can be made to finish a sign-in that somebody else began (RFC 9700 §4.7), and no return
 * works twice, whichever process it reaches. Nonce and verifier are sealed to the row.
 */
export function createDepartures(parts: DepartureParts): Departures {
  const { database, clock, baseUrl, providers } = parts;
  const sealer = createSealer(parts.masterSecret, "accounts/departure");
  const cookie = hostCookie("bellhop-departure", baseUrl);
  const browserOf = (request: Request): string | null => {
    const value = cookie.read(request);
    return value !== null && BROWSER.test(value) ? value : null;
  };
  /** A provider that drops states has one departure a browser: the last one. */
  const standIn = (browser: string, provider: string): string => sha256(`${browser} ${provider}`).toString("base64url");
  const redirectUri = (channel: CallbackChannel): string => `${baseUrl}/oauth/${channel}/callback`;

  async function take(browser: string, state: string): Promise<z.output<typeof keptSchema> | null> {
    const stateHash = sha256(state);
    const key = { stateHash, browserHash: sha256(browser), now: clock() };
    const sealed = await takeDeparture(database.handle, key);
    return sealed && keptSchema.parse(JSON.parse(sealer.open(sealed, stateHash.toString("hex"))));
  }

  return {
    async leave(request, plan) {
      const browser = browserOf(request) ?? randomToken();
      const keepsState = providers.find(({ id }) => id === plan.provider)?.redirect?.returnsState !== false;
      const state = keepsState ? randomToken() : standIn(browser, plan.provider);
      const departure = {
        state,
        nonce: randomToken(),
        verifier: randomToken(),
        redirectUri: redirectUri(plan.channel),
      };
      const stateHash = sha256(state);
      const kept = JSON.stringify({ ...plan, nonce: departure.nonce, verifier: departure.verifier });
      await insertDeparture(database.handle, {
        stateHash,
        browserHash: sha256(browser),
        sealed: sealer.seal(kept, stateHash.toString("hex")),
        expiresAt: after(clock(), LIFE_SECONDS),
      });
      return { departure, setCookie: cookie.set(browser, LIFE_SECONDS) };
    },
    async comeBack(request, channel, state) {
      const browser = browserOf(request);
      if (browser === null) throw lost();
      const stateless = providers.filter(({ redirect }) => redirect?.returnsState === false);
      const states = state === null ? stateless.map(({ id }) => standIn(browser, id)) : [state];
      for (const candidate of states) {
        const kept = await take(browser, candidate);
        if (kept === null) continue;
        const { nonce, verifier, ...plan } = kept;
        if (plan.channel !== channel) throw lost();
        return { plan, departure: { state: candidate, nonce, verifier, redirectUri: redirectUri(channel) } };
      }
      throw lost();
    },
  };
}
