import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { IdentityProvider, UpstreamTokens, VerifiedIdentity } from "../kernel/ports/identity.ts";
import { createSealer } from "../kernel/seal.ts";
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

/** Keeps what providers gave for people. What it hands out stays in this process: no answer ever carries it. */
export interface Vault {
  /** Keeps the tokens of a sign-in, where there are any, in the sign-in's own transaction. */
  save(handle: Handle, userId: string, provider: string, identity: VerifiedIdentity): Promise<void>;
  /**
   * A live access token of the person at a provider, renewed when it is about to end. Call it outside transactions.
   * @throws AppError `relink_required` when only a new sign-in can give one; `unavailable` when it may work later.
   */
  upstreamToken(userId: string, provider: string): Promise<UpstreamToken>;
}

/** Renewed this long before its end, so that it lasts for the call that it was asked for. */
const MARGIN_SECONDS = 30;
/** Longer than a provider has to answer; whoever holds the lease longer has died. */
const LEASE_SECONDS = 20;
const LOOK_AGAIN_MS = 100;
/** How often to look whether another process has renewed it: for as long as its lease lasts. */
const LOOKS = (LEASE_SECONDS * 1000) / LOOK_AGAIN_MS;

const sealedSchema = z.object({ accessToken: z.string(), refreshToken: z.string().nullable() });
type Sealed = z.output<typeof sealedSchema>;

/** The vault. Tokens are sealed (AES-256-GCM, a key of its own from the master secret) to the id of their row. */
export function createVault(parts: VaultParts): Vault {
  const { database, clock, providers } = parts;
  const sealer = createSealer(parts.masterSecret, "accounts/upstream-token");
  const db = database.handle;
  const inFlight = new Map<string, Promise<UpstreamToken>>();
  const titleOf = (id: string): string => providers.find((provider) => provider.id === id)?.title ?? id;

  const seal = ({ accessToken, refreshToken }: UpstreamTokens, id: string): Buffer =>
    sealer.seal(JSON.stringify({ accessToken, refreshToken } satisfies Sealed), id);

  /** Null for what another master secret sealed, or what was altered or moved: as good as none. */
  function open({ id, sealed }: KeptTokens): Sealed | null {
    if (sealed === null) return null;
    try {
      return sealedSchema.parse(JSON.parse(sealer.open(sealed, id)));
    } catch {
      return null;
    }
  }

  const relink = (provider: string): AppError =>
    new AppError("relink_required", `Your ${titleOf(provider)} sign-in has ended.`, {
      next: `Link this account again, and sign in with ${titleOf(provider)}.`,
      details: { provider },
    });

  async function dead(kept: KeptTokens, provider: string): Promise<never> {
    await endTokens(db, kept.id, clock());
    throw relink(provider);
  }

  /** Renews under the lease. The database is not held meanwhile: a provider may take its time. */
  async function renew(kept: KeptTokens, refreshToken: string, provider: IdentityProvider): Promise<void> {
    try {
      const tokens = await provider.refresh?.(refreshToken, clock());
      if (tokens === undefined) return await dead(kept, provider.id);
      const now = clock();
      const newId = uuidv7(now);
      const { expiresAt } = tokens;
      const refreshable = tokens.refreshToken !== null;
      await renewTokens(db, { id: kept.id, newId, sealed: seal(tokens, newId), refreshable, expiresAt, now });
    } catch (error) {
      if (error instanceof AppError && error.code === "invalid_token") return dead(kept, provider.id);
      await releaseTokens(db, kept.id);
      throw error;
    }
  }

  /** One step: a token, or null after waiting for whoever renews it. */
  async function attempt(userId: string, providerId: string): Promise<UpstreamToken | null> {
    const kept = await findTokens(db, userId, providerId);
    const tokens = kept && open(kept);
    if (kept === null) {
      const now = clock();
      await wantTokens(db, { id: uuidv7(now), userId, provider: providerId, now });
      throw relink(providerId);
    }
    if (tokens === null) return dead(kept, providerId);
    const now = clock();
    if (kept.expiresAt > after(now, MARGIN_SECONDS))
      return { token: tokens.accessToken, expiresAt: kept.expiresAt, subject: kept.subject };
    const provider = providers.find(({ id, refresh }) => id === providerId && refresh !== undefined);
    if (tokens.refreshToken === null || provider === undefined) {
      if (kept.expiresAt > now) return { token: tokens.accessToken, expiresAt: kept.expiresAt, subject: kept.subject };
      return dead(kept, providerId);
    }
    if (await leaseTokens(db, kept.id, { now, until: after(now, LEASE_SECONDS) }))
      await renew(kept, tokens.refreshToken, provider);
    else await pause(LOOK_AGAIN_MS);
    return null;
  }

  async function obtain(userId: string, provider: string): Promise<UpstreamToken> {
    for (let look = 0; look < LOOKS; look += 1) {
      const token = await attempt(userId, provider);
      if (token !== null) return token;
    }
    throw new AppError("unavailable", `${titleOf(provider)} takes too long to renew your sign-in.`);
  }

  return {
    async save(handle, userId, provider, { issuer, subject, tokens }) {
      if (tokens === undefined) return;
      const now = clock();
      const id = uuidv7(now);
      const refreshable = tokens.refreshToken !== null;
      const { expiresAt } = tokens;
      const sealed = seal(tokens, id);
      await saveTokens(handle, { id, userId, provider, issuer, subject, sealed, refreshable, expiresAt, now });
    },
    upstreamToken(userId, provider) {
      const key = JSON.stringify([userId, provider]);
      const running = inFlight.get(key);
      if (running) return running;
      const asked = obtain(userId, provider).finally(() => inFlight.delete(key));
      inFlight.set(key, asked);
      return asked;
    },
  };
}
