import type { Database } from "../database/handle.ts";
import { parseJson } from "../http/body.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";
import type { WebPort } from "../kernel/ports/web.ts";
import { isJson } from "./client-documents.ts";
import { readKeySet } from "./client-metadata.ts";
import type { KeySet } from "./records/clients.ts";
import { findKeySet, storeKeySet, type StoredKeySet } from "./records/key-sets.ts";

interface KeyParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits: LimitsPort;
  readonly web: WebPort;
}

/** The public keys of clients that publish them at an address. */
export interface ClientKeys {
  /**
   * The keys at an address. A copy is used for an hour, or until a key is named that it does not hold.
   * @param kid the key that is needed, where an assertion names one.
   * @throws AppError `invalid_client` when there are none and never were.
   */
  at(uri: string, kid: string | undefined): Promise<KeySet>;
}

const BOUNDS = { maxBytes: 65_536, timeoutMs: 3000, accept: "application/jwk-set+json, application/json" };
/** Seconds for which keys are believed; a key that its owner withdrew stands no longer. */
const FRESH = 3600;
/** Seconds between two fetches of one address, whatever kid somebody invents. */
const RETRY = 30;
const fetches: Limit = { name: "oauth-keys-host", points: 60, seconds: 60 };

const holds = (keys: KeySet, kid: string | undefined): boolean =>
  kid === undefined || keys.keys.some((key) => key["kid"] === kid);

async function fetchKeySet({ limits, web }: KeyParts, uri: string): Promise<KeySet> {
  await limits.take(fetches, new URL(uri).host);
  const answer = await web.fetchDocument(uri, BOUNDS);
  if (answer.status !== 200 || !isJson(answer))
    throw new AppError("unavailable", `The address of the client's keys answered ${answer.status}, or no JSON.`);
  return readKeySet(parseJson(answer.body));
}

/** @returns null when nothing usable was read; that it was tried is noted, and a good copy stays. */
async function refresh(parts: KeyParts, uri: string): Promise<KeySet | null> {
  const read = await fetchKeySet(parts, uri).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  await storeKeySet(parts.database.handle, uri, read, parts.clock());
  return read;
}

/** Reads keys of clients through the guarded fetch; every process shares the copy in the database. */
export function createClientKeys(parts: KeyParts): ClientKeys {
  const running = new Map<string, Promise<KeySet | null>>();
  const refreshOnce = (uri: string): Promise<KeySet | null> => {
    const refreshed = running.get(uri) ?? refresh(parts, uri).finally(() => running.delete(uri));
    running.set(uri, refreshed);
    return refreshed;
  };
  const needsFetch = (stored: StoredKeySet | null, kid: string | undefined): boolean => {
    if (stored === null) return true;
    const now = parts.clock();
    if (after(stored.triedAt, RETRY) > now) return false;
    return (
      stored.jwks === null ||
      stored.fetchedAt === null ||
      after(stored.fetchedAt, FRESH) <= now ||
      !holds(stored.jwks, kid)
    );
  };
  return {
    async at(uri, kid) {
      const stored = await findKeySet(parts.database.handle, uri);
      const fetched = needsFetch(stored, kid) ? await refreshOnce(uri) : null;
      const keys = fetched ?? stored?.jwks ?? null;
      if (keys === null) throw new AppError("invalid_client", "The client's keys cannot be read at its jwks_uri.");
      return keys;
    },
  };
}
