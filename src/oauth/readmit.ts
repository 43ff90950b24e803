import { AppError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Admission } from "./admission.ts";
import { heldNow } from "./narrow.ts";
import type { LiveGrant } from "./records/grants.ts";
import type { ServiceSession } from "./records/service-sessions.ts";
import { isServiceChannel } from "./service-channel.ts";

interface ReadmitParts {
  readonly admission: Pick<Admission, "requireOpen" | "requirePerson" | "requireUser">;
  /** Finds a session of one of our own surfaces that has not ended. */
  readonly liveSession: (id: string) => Promise<ServiceSession | null>;
  /** Finds a grant as it stands now. */
  readonly liveGrant: (id: string) => Promise<LiveGrant | null>;
}

/** A caller of ours is bound to its session, as a linked one is to its link. */
async function readmitService(stored: Principal, { admission, liveSession }: ReadmitParts): Promise<Principal> {
  const session = stored.sessionId === undefined ? null : await liveSession(stored.sessionId);
  if (session === null || session.userId !== stored.userId || session.channel !== stored.channel)
    throw new AppError("invalid_token", "The session that asked for this has ended.");
  const { paused } = await admission.requireUser(stored.userId, stored.channel);
  return { ...stored, scopes: heldNow([...stored.scopes], session.scopes), paused };
}

/**
 * The person in their own browser, or in the emulator. What they ordered there is theirs, and stays ordered when they sign
 * out: a report that is made meanwhile is not lost by that. To stop what waits they pause, or cancel it.
 */
const admitPerson = ({ userId, channel }: Principal, admission: ReadmitParts["admission"]) =>
  channel === "web" ? admission.requirePerson(userId) : admission.requireUser(userId, channel);

/**
 * Admits a stored principal anew, for work that runs later in its name: the database is asked what {@link authenticate}
 * asks it, so that whoever was stopped since is stopped here too. It never may do more than when it was stored.
 * @throws AppError `invalid_token` when its link or its session has ended, `client_disabled`, `account_disabled` or `channel_disabled`.
 */
export async function readmit(stored: Principal, parts: ReadmitParts): Promise<Principal> {
  const { admission, liveGrant } = parts;
  if (isServiceChannel(stored.channel) && stored.grantId === null) return readmitService(stored, parts);
  if (stored.grantId === null) return { ...stored, ...(await admitPerson(stored, admission)) };
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
