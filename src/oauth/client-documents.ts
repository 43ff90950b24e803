import type { Database } from "../database/handle.ts";
import { parseJson } from "../http/body.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";
import type { WebAnswer, WebPort } from "../kernel/ports/web.ts";
import {
  type ClientMetadata,
  displayName,
  displayUri,
  keysOf,
  namedMethods,
  readClientMetadata,
  redirectUrisOf,
  registeredScopes,
} from "./client-metadata.ts";
import { knownDocument } from "./known-hosts.ts";
import { findDocument, postponeDocument, storeDocument } from "./records/client-documents.ts";
import { authMethodOf, type Client, type ClientAuthMethod } from "./records/clients.ts";

interface DocumentParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits: LimitsPort;
  readonly web: WebPort;
}

/** Clients whose id is the address of a document that describes them (Client ID Metadata Documents). */
export interface ClientDocuments {
  /**
   * The client of an id, as its document says now, or as it said last when its host does not answer.
   * @throws AppError `invalid_client` when there is no document that can be used, saying why; `rate_limited`.
   */
  find(id: string): Promise<Client>;
}

/** All of a document and its headers; the draft advises 5 kB. */
const BOUNDS = { maxBytes: 16_384, timeoutMs: 3000, accept: "application/json" };
/** Seconds that a document is believed: its host's word (RFC 9111 `max-age`) within these bounds, else the hour. */
const FRESH = { least: 300, usual: 3600, most: 24 * 3600 };
/** Seconds until a host that gave no usable document is asked again for it. */
const RETRY = 60;
/** Fetches from one host, of every process together: each id of it is another document. */
const fetches: Limit = { name: "oauth-document-host", points: 60, seconds: 60 };
/** Documents at once, and ids without a document that are remembered: what strangers can make one process hold. */
const [MOST_RUNNING, MOST_REMEMBERED] = [32, 1000];
const MAX_ID = 512;

/**
 * Whether an id is the address of a document: https on its own port, with a path, in its plain spelling, and without a
 * fragment or a password (draft-ietf-oauth-client-id-metadata-document §3).
 */
export function isDocumentId(id: string): boolean {
  if (id.length > MAX_ID || !/^https:\/\/[^/?#@\\\s]+\/[^#\\\s]+$/.test(id)) return false;
  const url = URL.parse(id);
  return url !== null && url.href === id && url.port === "" && url.username === "" && url.password === "";
}

const unusable = (why: string, cause?: unknown): AppError =>
  new AppError("invalid_client", `The client's metadata document cannot be used: ${why}`, {
    cause,
    next: "Start linking again in a moment; if it stays, the assistant's maker has to correct its document.",
  });

/**
 * How such a client may prove itself: by a key of its own, or by nothing; never by a secret, which nobody could have
 * given to it (§4.1 of the draft). One that prefers a key and offers `none` as well is taken at its word.
 */
function methodsOf(metadata: ClientMetadata, hasKeys: boolean): readonly ClientAuthMethod[] {
  const named = namedMethods(metadata);
  const methods = named.filter((method) => method === "none" || (method === "private_key_jwt" && hasKeys));
  if (named.length === 0) return ["none"];
  if (methods.length > 0) return methods;
  throw unusable("it offers no way to prove the client that works here (none, or private_key_jwt with keys).");
}

/**
 * The client that a document describes.
 * @throws AppError when it is not this client's, holds a secret, or breaks a rule of registration.
 */
export function clientOfDocument(id: string, document: unknown, now: Date): Client {
  if (typeof document !== "object" || document === null || !("client_id" in document) || document.client_id !== id)
    throw unusable("its client_id is not its own address.");
  if ("client_secret" in document) throw unusable("it publishes a secret.");
  const metadata = readClientMetadata(document);
  const { jwks, jwksUri } = keysOf(metadata);
  const authMethods = methodsOf(metadata, jwks !== null || jwksUri !== null);
  return {
    id,
    kind: "document",
    name: displayName(metadata.client_name),
    uri: displayUri(metadata.client_uri),
    redirectUris: redirectUrisOf(metadata),
    scopes: registeredScopes(metadata.scope, "document"),
    authMethod: authMethodOf(authMethods),
    authMethods,
    jwks,
    jwksUri,
    pkceOptional: false,
    channel: null,
    internal: false,
    disabledAt: null,
    createdAt: now,
  };
}

/** Whether an answer says that it is JSON. */
export const isJson = (answer: WebAnswer): boolean =>
  /^application\/(?:[\w.-]+\+)?json(?:;|$)/.test((answer.headers["content-type"] ?? "").trim().toLowerCase());

/** Seconds for which an answer may be believed (RFC 9111 §5.2.2), within bounds. */
export function secondsFresh(answer: WebAnswer, bounds: typeof FRESH): number {
  const control = answer.headers["cache-control"] ?? "";
  if (/\bno-(?:store|cache)\b/i.test(control)) return bounds.least;
  const age = /\bmax-age=(\d{1,9})/i.exec(control)?.[1];
  return Math.min(Math.max(Number(age ?? bounds.usual), bounds.least), bounds.most);
}

/** @throws AppError whatever is wrong with it. */
async function fetchClient(parts: DocumentParts, id: string): Promise<{ client: Client; freshUntil: Date }> {
  await parts.limits.take(fetches, new URL(id).host);
  const answer = await parts.web.fetchDocument(id, BOUNDS);
  if (answer.status !== 200) throw unusable(`its host answered ${answer.status}.`);
  if (!isJson(answer)) throw unusable("its host answered something other than JSON.");
  const now = parts.clock();
  return {
    client: clientOfDocument(id, parseJson(answer.body), now),
    freshUntil: after(now, secondsFresh(answer, FRESH)),
  };
}

/** The last good copy, or else the shipped entry of a known host, which is asked for again soon. */
async function fallBack(parts: DocumentParts, id: string, stored: Client | null, why: unknown): Promise<Client> {
  const now = parts.clock();
  const retryAt = after(now, RETRY);
  if (stored !== null) {
    await postponeDocument(parts.database.handle, id, retryAt);
    return stored;
  }
  const known = knownDocument(id);
  if (known === null) {
    if (!(why instanceof AppError) || why.code === "invalid_client" || why.code === "rate_limited") throw why;
    throw unusable(why.message, why);
  }
  const client = clientOfDocument(id, known, now);
  await storeDocument(parts.database.handle, client, { fetchedAt: null, freshUntil: retryAt });
  return client;
}

async function refresh(parts: DocumentParts, id: string, stored: Client | null): Promise<Client> {
  try {
    const { client, freshUntil } = await fetchClient(parts, id);
    await storeDocument(parts.database.handle, client, { fetchedAt: parts.clock(), freshUntil });
    return { ...client, disabledAt: stored?.disabledAt ?? null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fallBack(parts, id, stored, error);
  }
}

/** Ids whose document could not be used, for a while, so that asking again costs nothing. */
function createFailures(clock: Clock) {
  const failures = new Map<string, { readonly error: AppError; readonly until: Date }>();
  return {
    recent(id: string): AppError | undefined {
      const failure = failures.get(id);
      return failure !== undefined && failure.until > clock() ? failure.error : undefined;
    },
    add(id: string, error: AppError): void {
      failures.delete(id);
      failures.set(id, { error, until: after(clock(), RETRY) });
      const [oldest] = failures.keys();
      if (failures.size > MOST_REMEMBERED && oldest !== undefined) failures.delete(oldest);
    },
  };
}

/**
 * Reads documents of clients through the guarded fetch. Each is kept in the database, where every process finds it; this
 * one remembers only what failed, and fetches a document once however many ask for it.
 */
export function createClientDocuments(parts: DocumentParts): ClientDocuments {
  const running = new Map<string, Promise<Client>>();
  const failures = createFailures(parts.clock);
  function refreshOnce(id: string, stored: Client | null): Promise<Client> {
    const under = running.get(id);
    if (under !== undefined) return under;
    if (running.size >= MOST_RUNNING) throw new AppError("unavailable", "Too many client documents are being read.");
    const refreshed = refresh(parts, id, stored)
      .catch((error: unknown) => {
        if (error instanceof AppError) failures.add(id, error);
        throw error;
      })
      .finally(() => running.delete(id));
    running.set(id, refreshed);
    return refreshed;
  }
  return {
    async find(id) {
      const stored = await findDocument(parts.database.handle, id);
      if (stored !== null && stored.state.freshUntil > parts.clock()) return stored.client;
      const failed = failures.recent(id);
      if (failed !== undefined) throw failed;
      return refreshOnce(id, stored?.client ?? null);
    },
  };
}
