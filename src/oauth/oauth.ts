import type { Database, Handle } from "../database/handle.ts";
import type { RequestContext, Routes } from "../http/router.ts";
import type { Clock } from "../kernel/clock.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { WebPort } from "../kernel/ports/web.ts";
import type { Principal } from "../kernel/principal.ts";
import { allChannels, type Channel, type PausedBy } from "../kernel/principal.ts";
import { createAccessTokens } from "./access-token.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { type Administration, createAdministration } from "./administration.ts";
import { attemptView, type AttemptView } from "./attempt-view.ts";
import { authenticate } from "./authenticate.ts";
import { assertionAudiences } from "./client-assertion.ts";
import { createClientDocuments } from "./client-documents.ts";
import { createClientKeys } from "./client-keys.ts";
import type { HoldSession, SessionUser, SignInWithToken } from "./consent.ts";
import { createEndpoints } from "./endpoints.ts";
import { findClient } from "./find-client.ts";
import { createGrants, type Grants } from "./grants.ts";
import { groupLookups } from "../database/grouped-lookups.ts";
import { rotateAgedKeys } from "./key-rotation.ts";
import { createLinkAttempts, type LinkAttempts } from "./link-attempts.ts";
import { createPendingRequests } from "./pending-request.ts";
import { type PresetClient, storePresets } from "./preset-clients.ts";
import { listAttempts } from "./records/link-attempts.ts";
import { findLiveGrants } from "./records/grants.ts";
import { findPausedBy, findPauses, type Pauses, pauseUser, resumeUser } from "./records/paused-users.ts";
import { readmit } from "./readmit.ts";
import { createRefreshTokens } from "./refresh-token.ts";
import { createResources, type Entrance } from "./resource.ts";
import { oauthRoutes } from "./routes.ts";
import { createServiceTokens, type ServiceTokens } from "./service-token.ts";
import { type GivenKey, openSigningKeys } from "./signing-keys.ts";
import { sweep } from "./sweep.ts";
import type { ExchangeParts } from "./token-exchange.ts";
import type { TokenParts } from "./token.ts";
import type { PersonProfile } from "./userinfo.ts";
import { rememberVerified } from "./verified-tokens.ts";

/** What the authorization server is given. */
export interface OAuthParts {
  /** Migrated. */
  readonly database: Database;
  readonly clock: Clock;
  /** Origin without a trailing slash: the issuer. Neither Host nor a forwarding header is ever read. */
  readonly baseUrl: string;
  readonly masterSecret: string;
  /** Becomes the first signing key of a database that has none. */
  readonly signingKey: GivenKey | undefined;
  /** Signs service tokens (HS256); absent means that the signing key does. */
  readonly serviceSecret: string | undefined;
  /** Age at which a signing key is followed by a new one; 0 means never by itself. */
  readonly keyDays: number;
  /** Whether metadata says that answers carry `iss` (RFC 9207 §3). They do either way. */
  readonly advertiseIss: boolean;
  /** Channels that every account has, unless an administrator said otherwise; all of them where it is absent. */
  readonly channels?: readonly Channel[];
  /** Told when a timeline could not be written; nothing else depends on it. */
  readonly report?: (error: unknown) => void;
  readonly limits: LimitsPort;
  /** Reads what clients publish of themselves. */
  readonly web: WebPort;
  /** Clients that the settings name. */
  readonly presets: readonly PresetClient[];
  /** Whether clients may register themselves (RFC 7591). */
  readonly dynamicRegistration: boolean;
  /** The person signed in to the browser. */
  readonly sessionUser: (request: Request) => Promise<SessionUser | null>;
  readonly holdSession: HoldSession;
  readonly signInWithToken: SignInWithToken;
  /** What a client with the scope `profile` may see of a person; null when there is none of this id. */
  readonly profile: (userId: string) => Promise<PersonProfile | null>;
  /** A person's live token at a provider. @throws AppError `relink_required`. */
  readonly upstreamToken: ExchangeParts["upstreamToken"];
  readonly linkMade: TokenParts["linkMade"];
  /** What rate limits count by. */
  readonly clientAddress: (c: RequestContext) => string;
}

/** The authorization server, and the guard of every entrance that takes its tokens. */
export interface OAuth {
  readonly routes: Routes;
  /**
   * Who calls with this bearer.
   * @param entrance `mcp` takes tokens for the MCP address or the whole server, `api` those for the whole server alone.
   * @throws AppError `authentication_required` or `invalid_token`.
   */
  authenticate(request: Request, entrance?: Entrance): Promise<Principal>;
  /**
   * Admits a stored principal anew, for work that runs later in its name: with no more than its link holds now.
   * @throws AppError `invalid_token`, `client_disabled`, `account_disabled` or `channel_disabled`.
   */
  readmit(stored: Principal): Promise<Principal>;
  readonly pause: Pause;
  /** Deletes clients that nobody linked, and codes and grants that ended long ago. */
  sweep(): Promise<void>;
  readonly grants: Grants;
  /** Who may link and be acted for. */
  readonly admission: Admission;
  /** The timelines of linking. */
  readonly attempts: LinkAttempts;
  /** A person's own attempts, the last one first. */
  ownAttempts(userId: string): Promise<readonly AttemptView[]>;
  /** What administrators see and do; who may is decided at the door. */
  readonly administration: Administration;
  /** For our own surfaces, in process. */
  readonly serviceTokens: ServiceTokens;
}

/** The one button that stops everything which changes anything in a person's name. */
export interface Pause {
  /** Whose press stops the person now; false when nobody's does. */
  pausedBy(userId: string): Promise<PausedBy | false>;
  /** Since when each has pressed it: the person, and the operator for them; null while they have not. */
  pauses(userId: string): Promise<Pauses>;
  /** False when it was pressed before. */
  pause(handle: Handle, userId: string, now: Date): Promise<boolean>;
  /** False when it was not pressed. */
  resume(handle: Handle, userId: string): Promise<boolean>;
}

/** Attempts that a person is shown. */
const OWN_ATTEMPTS = 20;

/**
 * Opens the authorization server.
 * @throws AppError `unavailable`, with a sentence and the next step for the operator, when the master secret or the given signing key is wrong.
 */
export async function createOAuth(parts: OAuthParts): Promise<OAuth> {
  const { baseUrl, clock, database, masterSecret } = parts;
  const keys = await openSigningKeys(parts);
  const resources = createResources(baseUrl);
  const accessTokens = createAccessTokens({ keys, resources, baseUrl, clock });
  const admission = createAdmission({ database, channels: parts.channels ?? allChannels });
  const attempts = createLinkAttempts({ database, clock, masterSecret, report: parts.report ?? (() => undefined) });
  await storePresets(database.handle, parts.presets, clock);
  const serviceTokens = createServiceTokens({ database, clock, keys, baseUrl, secret: parts.serviceSecret });
  const tokens = rememberVerified(accessTokens, keys, clock);
  const liveGrant = groupLookups((ids) => findLiveGrants(database, ids, clock()));
  const bearers = { database, clock, tokens, resources, serviceTokens, admission, attempts, liveGrant };
  const caller: OAuth["authenticate"] = (request, entrance = "mcp") => authenticate(request, entrance, bearers);
  const clients = {
    database,
    documents: createClientDocuments(parts),
    presetIds: new Set(parts.presets.map(({ id }) => id)),
  };
  const { upstreamToken } = parts;
  const clientOf = (id: string) => findClient(clients, id, null);
  const all = {
    ...parts,
    ...clients,
    clientKeys: createClientKeys(parts),
    authenticate: caller,
    exchange: { clock, baseUrl, authenticate: caller, clientOf, upstreamToken },
    audiences: assertionAudiences(baseUrl),
    admission,
    attempts,
    resources,
    accessTokens,
    refreshTokens: createRefreshTokens(masterSecret),
    pendingRequests: createPendingRequests(masterSecret, baseUrl, clock),
  };
  return {
    routes: oauthRoutes(parts, keys, createEndpoints(all)),
    authenticate: caller,
    readmit: (stored) => readmit(stored, { ...bearers, liveSession: serviceTokens.live }),
    pause: {
      pausedBy: (userId) => findPausedBy(database.handle, userId),
      pauses: (userId) => findPauses(database.handle, userId),
      pause: (handle, userId, now) => pauseUser(handle, userId, "person", now),
      resume: (handle, userId) => resumeUser(handle, userId, "person"),
    },
    async sweep() {
      await sweep(database, clock);
      await attempts.sweep();
      await rotateAgedKeys(parts, parts.keyDays);
    },
    serviceTokens,
    grants: createGrants(database, clock),
    admission,
    attempts,
    async ownAttempts(userId) {
      await attempts.settled();
      return (await listAttempts(database.handle, { userId, limit: OWN_ATTEMPTS })).map(attemptView);
    },
    administration: createAdministration(admission),
  };
}
