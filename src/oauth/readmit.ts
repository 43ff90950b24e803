import { AppError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Admission } from "./admission.ts";
import { heldNow } from "./narrow.ts";
import type { LiveGrant } from "./records/grants.ts";

interface ReadmitParts {
  readonly admission: Pick<Admission, "requireOpen" | "requirePerson" | "requireUser">;
  /** Finds a grant as it stands now. */
  readonly liveGrant: (id: string) => Promise<LiveGrant | null>;
}

/** Without a link: the person in their own browser or in the emulator, or a caller of ours. */
const standingOf = ({ userId, channel }: Principal, admission: ReadmitParts["admission"]) =>
  channel === "web" ? admission.requirePerson(userId) : admission.requireUser(userId, channel);

/**
 * Admits a stored principal anew, for work that runs later in its name: the database is asked what {@link authenticate}
 * asks it, so that whoever was stopped since is stopped here too. It never may do more than when it was stored.
 * @throws AppError `invalid_token` when its link has ended, `client_disabled`, `account_disabled` or `channel_disabled`.
 */
export async function readmit(stored: Principal, { admission, liveGrant }: ReadmitParts): Promise<Principal> {
  if (stored.grantId === null) return { ...stored, ...(await standingOf(stored, admission)) };
  const grant = await liveGrant(stored.grantId);
  if (grant === null || grant.userId !== stored.userId || grant.clientId !== stored.clientId)
    throw new AppError("invalid_token", "The link to this account has ended.");
  admission.requireOpen(grant);
  return {
    ...stored,
    clientName: grant.clientName,
    scopes: heldNow([...stored.scopes], grant.scopes),
    paused: grant.switches.paused,
  };
}
