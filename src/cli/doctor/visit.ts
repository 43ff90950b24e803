import { challengeOf, type Challenge } from "./challenge-header.ts";
import { type Client, ownClient } from "./own-client.ts";
import { documentOf, listOf, type Members } from "./documents.ts";
import { Fault, Skipped } from "./fault.ts";
import { once } from "./once.ts";
import type { Answer, Probe } from "./probe.ts";
import type { Secrets } from "./secrets.ts";
import { documentFix, serverPlaces } from "./places.ts";

/** A client that was made beforehand, for servers where none can register. */
export interface GivenClient {
  readonly id: string;
  readonly secret: string | undefined;
  /** A redirect address that it is registered for; a loopback one may have any port. */
  readonly redirectUri: string | undefined;
}

/** What the checks are told and may use. */
export interface VisitParts {
  /** The MCP address, as the person gives it to a client. */
  readonly url: string;
  readonly probe: Probe;
  readonly secrets: Secrets;
  readonly given: GivenClient | undefined;
  /** Where the loopback listener waits; any port where nobody is asked to approve. */
  readonly redirectUri: string;
  /** Where plain HTTP would answer, for a server on the usual ports; null where it is not to be asked. */
  readonly plainUrl: string | null;
  /** Milliseconds that clients wait for an answer. */
  readonly patienceMs: number;
  /**
   * Has a person approve at this address, and resolves with what came back to the redirect address; null where nobody
   * is there to approve.
   */
  readonly approve: ((url: string) => Promise<URLSearchParams>) | null;
}

/**
 * What is known of the server, each fact fetched once. One that cannot be had fails the check whose fact it is, and
 * skips the others that need it.
 */
export interface Facts {
  /** The answer to a call without a token. */
  refusal(): Promise<Answer>;
  challenge(): Promise<Challenge>;
  /** The protected-resource metadata that clients find first. */
  resource(): Promise<Members>;
  /** The first authorization server that the resource names; its own origin where it names none (MCP 2025-03-26). */
  issuer(): Promise<string>;
  /** The authorization server's metadata, at the first place where there is one. */
  server(): Promise<Members>;
  /** A client to ask with: the one given, else one that registers now. */
  client(): Promise<Client>;
}

export interface Visit extends VisitParts {
  readonly facts: Facts;
  /** The same facts; they throw Skipped where they cannot be had. */
  readonly needs: Facts;
}

const ANSWER = "an answer from the server";
/** Why a check is skipped where nobody answers. */
export const NOBODY = `Needs ${ANSWER}.`;

const names: Readonly<Record<keyof Facts, string>> = {
  refusal: ANSWER,
  challenge: "the challenge of a call without a token",
  resource: "the protected-resource metadata",
  issuer: "the address of the authorization server",
  server: "the authorization server's metadata",
  client: "a client that can ask (see registration.dynamic, or give --client-id)",
};

/** What a client sends first. */
export const initialize = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "bellhop-doctor", version: "1" },
  },
});

/** Asks the MCP address as a client does, with a bearer or without. */
export const callMcp = (probe: Probe, url: string, token?: string, body = initialize): Promise<Answer> =>
  probe.ask(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });

/** Where RFC 9728 §3.1 puts the metadata of a resource: between the host and its path. */
export function resourcePlace(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}`;
}

async function findResource(parts: VisitParts, challenge: () => Promise<Challenge>): Promise<Members> {
  const named = await challenge().then(
    (given) => given.resourceMetadata,
    () => undefined,
  );
  const answer = await parts.probe.ask(named ?? resourcePlace(parts.url));
  return documentOf(answer, "the protected-resource metadata", documentFix("oauth-protected-resource"));
}

async function findServer(probe: Probe, issuer: string): Promise<Members> {
  let first: unknown;
  for (const place of serverPlaces(issuer)) {
    try {
      const fix = documentFix("oauth-authorization-server");
      return documentOf(await probe.ask(place), "the authorization server's metadata", fix);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function factsOf(parts: VisitParts): Facts {
  const refusal = once(() => callMcp(parts.probe, parts.url));
  const challenge = once(async () => challengeOf(await refusal()));
  const resource = once(() => findResource(parts, challenge));
  const issuer = once(async () => {
    const named = await resource().then(
      (document) => listOf(document, "authorization_servers")?.[0],
      () => undefined,
    );
    return named ?? new URL(parts.url).origin;
  });
  const server = once(async () => findServer(parts.probe, await issuer()));
  const client = once(async () => ownClient(parts, await server()));
  return { refusal, challenge, resource, issuer, server, client };
}

/** What cannot be had fails the check whose fact it is; the others only miss it. */
const needed =
  <T>(name: keyof Facts, find: () => Promise<T>): (() => Promise<T>) =>
  () =>
    find().catch((error: unknown) => {
      if (error instanceof Fault) throw new Skipped(`Needs ${names[name]}.`);
      throw error;
    });

/** Begins a visit. */
export function createVisit(parts: VisitParts): Visit {
  const facts = factsOf(parts);
  const needs: Facts = {
    refusal: needed("refusal", facts.refusal),
    challenge: needed("challenge", facts.challenge),
    resource: needed("resource", facts.resource),
    issuer: needed("issuer", facts.issuer),
    server: needed("server", facts.server),
    client: needed("client", facts.client),
  };
  return { ...parts, facts, needs };
}
