import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { IdentityProvider, UpstreamTokens, VerifiedIdentity } from "../kernel/ports/identity.ts";
import { type Sealer, createSealer } from "../kernel/seal.ts";
import {
  type KeptTokens,
  endTokens,
  findTokens,
  leaseTokens,
  releaseTokens,
  renewTokens,
  saveTokens,
  wantTokens,
} from "./records/upstream-tokens.ts";

interface VaultParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly providers: readonly IdentityProvider[];
  readonly masterSecret: string;
}

/** A live token of a provider. */
export interface UpstreamToken {
  readonly token: string;
  readonly expiresAt: Date;
  /** The person's id at the provider. */
  readonly subject: string;
}

/** Keeps what providers gave for people. What it hands out stays in this process: no page and no assistant gets it. */
export interface Vault {
  /** Keeps the tokens of a sign-in, where there are any, in the sign-in's own transaction. */
  save(handle: Handle, userId: string, provider: string, identity: VerifiedIdentity): Promise<void>;
  /**
   * A live access token of the person at a provider, renewed when it is about to end. Call it outside transactions.
   * @throws AppError `relink_required` when only a new sign-in can give one; `unavailable` when it may work later.
   */
  upstreamToken(userId: string, provider: string): Promise<UpstreamToken>;
}

interface Parts extends VaultParts {
  readonly sealer: Sealer;
}

/** Renewed this long before its end, so that it lasts for the call that it was asked for. */
const MARGIN_SECONDS = 30;
/** Longer than a provider has to answer; whoever holds the lease longer has died. */
const LEASE_SECONDS = 20;
const LOOK_AGAIN_MS = 100;
/** How often to look whether another process has renewed it: for as long as its lease lasts. */
const LOOKS = (LEASE_SECONDS * 1000) / LOOK_AGAIN_MS;

const sealedSchema = z.object({ accessToken: z.string(), refreshToken: z.string().nullable() });
type Opened = z.output<typeof sealedSchema>;

const seal = ({ sealer }: Parts, { accessToken, refreshToken }: UpstreamTokens, id: string): Buffer =>
  sealer.seal(JSON.stringify({ accessToken, refreshToken } satisfies Opened), id);

/** Null for what another master secret sealed, or what was altered or moved: as good as none. */
function open({ sealer }: Parts, { id, sealed }: KeptTokens): Opened | null {
  if (sealed === null) return null;
  try {
    return sealedSchema.parse(JSON.parse(sealer.open(sealed, id)));
  } catch {
    return null;
  }
}

const titleOf = ({ providers }: Parts, id: string): string =>
  providers.find((provider) => provider.id === id)?.title ?? id;

function relink(parts: Parts, provider: string): AppError {
  const title = titleOf(parts, provider);
  return new AppError("relink_required", `Your ${title} sign-in has ended.`, {
    next: `Link this account again, and sign in with ${title}.`,
    details: { provider },
  });
}

/** Deletes what is dead. @throws AppError `relink_required`. */
async function dead(parts: Parts, kept: KeptTokens, provider: string): Promise<never> {
  await endTokens(parts.database.handle, kept.id, parts.clock());
  throw relink(parts, provider);
}

/** Renews under the lease. The database is not held meanwhile: a provider may take its time. */
async function renew(parts: Parts, kept: KeptTokens, refreshToken: string, provider: IdentityProvider): Promise<void> {
  const { database, clock } = parts;
  try {
    const tokens = await provider.refresh?.({ refreshToken, issuer: kept.issuer }, clock());
    if (tokens === undefined) return await dead(parts, kept, provider.id);
    const now = clock();
    const newId = uuidv7(now);
    const { expiresAt } = tokens;
    const refreshable = tokens.refreshToken !== null;
    const sealed = seal(parts, tokens, newId);
    await renewTokens(database.handle, { id: kept.id, newId, sealed, refreshable, expiresAt, now });
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_token") return dead(parts, kept, provider.id);
    await releaseTokens(database.handle, kept.id);
    throw error;
  }
}

/** Nobody ever signed in there: kept, so that the next link asks for it. @throws AppError `relink_required`. */
async function wanted(parts: Parts, userId: string, provider: string): Promise<never> {
  const now = parts.clock();
  await wantTokens(parts.database.handle, { id: uuidv7(now), userId, provider, now });
  throw relink(parts, provider);
}

/** One look: a token, or null after renewing it or after waiting for whoever does. */
async function look(parts: Parts, userId: string, providerId: string): Promise<UpstreamToken | null> {
  const { database, clock, providers } = parts;
  const kept = await findTokens(database.handle, userId, providerId);
  if (kept === null) return wanted(parts, userId, providerId);
  const tokens = open(parts, kept);
  if (tokens === null) return dead(parts, kept, providerId);
  const now = clock();
  const { expiresAt, subject } = kept;
  const live: UpstreamToken = { token: tokens.accessToken, expiresAt, subject };
  if (expiresAt > after(now, MARGIN_SECONDS)) return live;
  const provider = providers.find(({ id, refresh }) => id === providerId && refresh !== undefined);
  if (tokens.refreshToken === null || provider === undefined)
    return expiresAt > now ? live : dead(parts, kept, providerId);
  const mine = await leaseTokens(database.handle, kept.id, { now, until: after(now, LEASE_SECONDS) });
  if (mine) await renew(parts, kept, tokens.refreshToken, provider);
  else await pause(LOOK_AGAIN_MS);
  return null;
}

async function obtain(parts: Parts, userId: string, provider: string): Promise<UpstreamToken> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const token = await look(parts, userId, provider);
    if (token !== null) return token;
  }
  throw new AppError("unavailable", `${titleOf(parts, provider)} takes too long to renew your sign-in.`);
}

/** The vault. Tokens are sealed (AES-256-GCM, a key of its own from the master secret) to the id of their row. */
export function createVault(given: VaultParts): Vault {
  const parts: Parts = { ...given, sealer: createSealer(given.masterSecret, "accounts/upstream-token") };
  const inFlight = new Map<string, Promise<UpstreamToken>>();
  return {
    async save(handle, userId, provider, { issuer, subject, tokens }) {
      if (tokens === undefined) return;
      const now = parts.clock();
      const id = uuidv7(now);
      const refreshable = tokens.refreshToken !== null;
      const { expiresAt } = tokens;
      const sealed = seal(parts, tokens, id);
      await saveTokens(handle, { id, userId, provider, issuer, subject, sealed, refreshable, expiresAt, now });
    },
    upstreamToken(userId, provider) {
      const key = JSON.stringify([userId, provider]);
      const running = inFlight.get(key);
      if (running) return running;
      const asked = obtain(parts, userId, provider).finally(() => inFlight.delete(key));
      inFlight.set(key, asked);
      return asked;
    },
  };
}
