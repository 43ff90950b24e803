import type { Handle } from "../database/handle.ts";
import { after } from "../kernel/clock.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { sha256 } from "../kernel/seal.ts";
import { insertSecret } from "./records/client-secrets.ts";

/**
 * Stores a client's new secret, hashed.
 * @param overlapSeconds how long the secrets before it still hold, so that both sides need not change at one moment.
 */
export const issueSecret = (
  handle: Handle,
  clientId: string,
  secret: string,
  now: Date,
  overlapSeconds = 0,
): Promise<void> =>
  insertSecret(handle, { id: uuidv7(now), clientId, hash: sha256(secret), createdAt: now }, after(now, overlapSeconds));
