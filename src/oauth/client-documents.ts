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
import { type ClientDocument, findDocument, insertDocument, updateDocument } from "./records/client-documents.ts";
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
   * @param asker whom limits count the reading of an unknown document for; null for nobody.
   * @throws AppError `invalid_client` when there is no document that can be used, saying why; `rate_limited`.
   */
  find(id: string, asker: string | null): Promise<Client>;
  /** Stores a client that a person agreed to, where it is one of a document; until then nothing of it is stored. */
  keep(client: Client): Promise<void>;
}

/** All of a document and its headers; the draft advises 5 kB. */
const BOUNDS = { maxBytes: 16_384, timeoutMs: 3000, accept: "application/json" };
/** Seconds that a document is believed: its host's word (RFC 9111 `max-age`) within these bounds, else the hour. */
const FRESH = { least: 300, usual: 3600, most: 24 * 3600 };
/** Seconds until a host that gave no usable document is asked again for it. */
const RETRY = 60;
/** Fetches from one host, of every process together: each id of it is another document. */
const fetches: Limit = { name: "oauth-document-host", points: 60, seconds: 60 };
/**
 * Unknown documents that are read for one network. Whoever holds a domain has as many hosts as they please, and could
 * have us ask all of them, or hold every reading that there may be at once with hosts that never answer.
 */
const unknownFor: Limit = { name: "oauth-document-asker", points: 20, seconds: 60 };
/** Documents read at once, and ids remembered: what strangers can make one process hold. */
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

/** What is wrong with it is not said in words of its own: they end on a page of ours. */
function contentOf({ body }: WebAnswer): unknown {
  try {
    return parseJson(body);
  } catch (cause) {
    throw unusable("it holds no JSON that can be used.", cause);
  }
}

/** @throws AppError whatever is wrong with it. */
async function fetchDocument(parts: DocumentParts, id: string): Promise<ClientDocument> {
  await parts.limits.take(fetches, new URL(id).host);
  const answer = await parts.web.fetchDocument(id, BOUNDS);
  if (answer.status !== 200) throw unusable(`its host answered ${answer.status}.`);
  if (!isJson(answer)) throw unusable("its host answered something other than JSON.");
  const now = parts.clock();
  return {
    client: clientOfDocument(id, contentOf(answer), now),
    state: { fetchedAt: now, freshUntil: after(now, secondsFresh(answer, FRESH)) },
  };
}

/** The last good copy, or else the shipped entry of a known host; either is asked for again soon. */
function fallBack(id: string, last: ClientDocument | null, why: AppError, now: Date): ClientDocument {
  const freshUntil = after(now, RETRY);
  if (last !== null) return { client: last.client, state: { ...last.state, freshUntil } };
  const known = knownDocument(id);
  if (known !== null) return { client: clientOfDocument(id, known, now), state: { fetchedAt: null, freshUntil } };
  throw why.code === "rate_limited" || why.code === "invalid_client" ? why : unusable(why.message, why);
}

/** What links while there is no room to read a document: a host that we know. @throws AppError `unavailable`. */
function withoutReading(id: string, now: Date): Client {
  const known = knownDocument(id);
  if (known !== null) return clientOfDocument(id, known, now);
  throw new AppError("unavailable", "Too many client documents are being read.");
}

/** The document as it is now. Who cannot be asked says what it said last. */
async function current(parts: DocumentParts, id: string, last: ClientDocument | null): Promise<ClientDocument> {
  const read = await fetchDocument(parts, id).catch((error: unknown) => {
    if (error instanceof AppError) return fallBack(id, last, error, parts.clock());
    throw error;
  });
  return { ...read, client: { ...read.client, disabledAt: last?.client.disabledAt ?? null } };
}

/** What one process remembers of ids: at most so many, the oldest forgotten first. */
function createMemory<T>() {
  const entries = new Map<string, T>();
  return {
    get: (id: string): T | undefined => entries.get(id),
    forget: (id: string): void => void entries.delete(id),
    set(id: string, entry: T): void {
      entries.delete(id);
      entries.set(id, entry);
      const [oldest] = entries.keys();
      if (entries.size > MOST_REMEMBERED && oldest !== undefined) entries.delete(oldest);
    },
  };
}

/**
 * Reads documents of clients through the guarded fetch, each once however many ask for it. One that somebody linked is
 * kept in the database, where every process finds it; all others, which any stranger can name, this process remembers for
 * a while, as it does those that failed.
 */
export function createClientDocuments(parts: DocumentParts): ClientDocuments {
  const { handle } = parts.database;
  const running = new Map<string, Promise<Client>>();
  const strangers = createMemory<ClientDocument>();
  const failures = createMemory<{ readonly error: AppError; readonly until: Date }>();

  async function refresh(id: string, last: ClientDocument | null): Promise<Client> {
    const read = await current(parts, id, last);
    if (!(await updateDocument(handle, read.client, read.state))) strangers.set(id, read);
    return read.client;
  }

  function refreshOnce(id: string, last: ClientDocument | null): Promise<Client> {
    const under = running.get(id);
    if (under !== undefined) return under;
    if (running.size >= MOST_RUNNING) return Promise.resolve(last?.client ?? withoutReading(id, parts.clock()));
    const refreshed = refresh(id, last)
      .catch((error: unknown) => {
        if (error instanceof AppError) failures.set(id, { error, until: after(parts.clock(), RETRY) });
        throw error;
      })
      .finally(() => running.delete(id));
    running.set(id, refreshed);
    return refreshed;
  }

  return {
    async find(id, asker) {
      const now = parts.clock();
      const last = (await findDocument(handle, id)) ?? strangers.get(id) ?? null;
      if (last !== null && last.state.freshUntil > now) return last.client;
      const failure = failures.get(id);
      if (failure !== undefined && failure.until > now) throw failure.error;
      if (last === null && asker !== null && !running.has(id)) await parts.limits.take(unknownFor, asker);
      return refreshOnce(id, last);
    },
    async keep(client) {
      if (client.kind !== "document") return;
      const state = strangers.get(client.id)?.state ?? { fetchedAt: null, freshUntil: parts.clock() };
      await insertDocument(handle, client, state);
      strangers.forget(client.id);
    },
  };
}
