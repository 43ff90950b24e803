import type { Database } from "../database/handle.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { ACCESS_TOKEN_SECONDS } from "./access-token.ts";
import { insertNextKey, listAllKeys, retireKey, type StoredKey } from "./records/keys.ts";
import { keySealer, makeKey, RELOAD_SECONDS } from "./signing-keys.ts";

/** Where a key stands in its life. */
export type KeyState = "published" | "active" | "retiring" | "retired";

/** A signing key as the operator sees it. */
export interface KeyView {
  readonly kid: string;
  readonly state: KeyState;
  readonly algorithm: string;
  readonly createdAt: string;
  /** When it began, or begins, to sign. */
  readonly activatesAt: string;
  /** When what it signed is refused; null while no other key follows it. */
  readonly retiresAt: string | null;
}

interface RotationParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
}

/** Whoever verifies our tokens has fetched the key set anew by then: it may be kept for five minutes. */
const PUBLISHED_SECONDS = 600;
/** Every process of ours has read the keys anew by then. */
const SOON_SECONDS = 2 * RELOAD_SECONDS;
/** A token lives this long after its key signed for the last time, with room for clocks that differ. */
const RETIRING_SECONDS = ACCESS_TOKEN_SECONDS + 300;

/**
 * Makes the next signing key: published now, active a little later, and the former ones retired once all that they
 * signed has expired. Nobody is signed out and nothing restarts.
 * @param soon true to wait only for our own processes, not for others that keep our key set for minutes.
 * @param onlyAfter nothing is made when the newest key is younger than this.
 * @returns the new key's id, or null.
 */
export async function rotateKeys(
  { database, clock, masterSecret }: RotationParts,
  { soon = false, onlyAfter }: { readonly soon?: boolean; readonly onlyAfter?: Date } = {},
): Promise<string | null> {
  const now = clock();
  const activatesAt = after(now, soon ? SOON_SECONDS : PUBLISHED_SECONDS);
  const key = await makeKey(keySealer(masterSecret), now, activatesAt);
  const made = await insertNextKey(database, key, after(activatesAt, RETIRING_SECONDS), onlyAfter);
  return made ? key.kid : null;
}

/** Rotates when the newest key is older than `days`; of several processes, one does. */
export async function rotateAgedKeys(parts: RotationParts, days: number): Promise<void> {
  const onlyAfter = after(parts.clock(), -days * 24 * 3600);
  const [newest] = await listAllKeys(parts.database.handle);
  if (days > 0 && newest && newest.activatesAt <= onlyAfter) await rotateKeys(parts, { onlyAfter });
}

/**
 * Ends a key at once, because it may have leaked: what it signed is refused within seconds, and assistants refresh.
 * @throws AppError `not_found`.
 */
export async function retireKeyNow({ database, clock, masterSecret }: RotationParts, kid: string): Promise<void> {
  const now = clock();
  const replacement = await makeKey(keySealer(masterSecret), now, now);
  if (await retireKey(database, kid, replacement, now)) return;
  throw new AppError("not_found", "No signing key with this id is in use.", { next: "See `npm start -- keys list`." });
}

const view = (key: StoredKey, state: KeyState): KeyView => ({
  kid: key.kid,
  state,
  algorithm: key.algorithm,
  createdAt: key.createdAt.toISOString(),
  activatesAt: key.activatesAt.toISOString(),
  retiresAt: key.retiredAt?.toISOString() ?? null,
});

/** All keys that are kept, the last to be active first. */
export async function describeKeys({ database, clock }: Omit<RotationParts, "masterSecret">): Promise<KeyView[]> {
  const now = clock();
  const keys = await listAllKeys(database.handle);
  const isLive = (key: StoredKey): boolean => key.retiredAt === null || key.retiredAt > now;
  const active = keys.find((key) => isLive(key) && key.activatesAt <= now);
  const stateOf = (key: StoredKey): KeyState => {
    if (!isLive(key)) return "retired";
    if (key === active) return "active";
    return key.activatesAt > now ? "published" : "retiring";
  };
  return keys.map((key) => view(key, stateOf(key)));
}
