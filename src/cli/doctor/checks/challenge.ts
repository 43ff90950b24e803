import { challengeOf } from "../challenge-header.ts";
import type { Check } from "../check.ts";
import { inShort, listOf, withBody } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import { callMcp, type Visit } from "../visit.ts";

async function refusesCall(visit: Visit): Promise<string> {
  await visit.facts.challenge();
  return inShort(await visit.facts.refusal());
}

async function refusesGet(visit: Visit): Promise<string> {
  const answer = await visit.probe.ask(visit.url, { headers: { accept: "text/event-stream" } });
  challengeOf(answer);
  return inShort(answer);
}

async function namesMetadata(visit: Visit): Promise<string> {
  const { resourceMetadata } = await visit.needs.challenge();
  if (resourceMetadata === undefined) {
    throw new Fault(
      "WWW-Authenticate has no resource_metadata (RFC 9728 §5.1), so clients guess where the metadata is, or give up.",
      "Add resource_metadata with the absolute address of the protected-resource metadata.",
    );
  }
  if (URL.parse(resourceMetadata)?.origin === new URL(visit.url).origin) return resourceMetadata;
  throw new Fault(
    `resource_metadata is ${resourceMetadata}, which is not at ${new URL(visit.url).origin}, where the client is. Behind a proxy this means that the server builds it from what it sees itself.`,
    "Set the server's public address (in Bellhop: SERVER_BASE_URL) to the one that people give to their assistants.",
  );
}

async function namesScopes(visit: Visit): Promise<string> {
  const { scope } = await visit.needs.challenge();
  if (scope === undefined || scope === "") {
    throw new Fault(
      "WWW-Authenticate names no scope, so each client asks for what it pleases: some for all that metadata lists, some for nothing.",
      'Add scope="…" with what the first call needs.',
    );
  }
  if (!scope.split(" ").includes("offline_access")) return scope;
  throw new Fault(
    "The challenge names offline_access, which is no permission on a resource.",
    "Name offline_access in the authorization server's scopes_supported alone.",
  );
}

async function refusesDeadToken(visit: Visit): Promise<string> {
  await visit.needs.challenge();
  const answer = await callMcp(visit.probe, visit.url, "not-a-token-of-this-server");
  if (answer.status !== 401) {
    throw new Fault(
      `A token that does not stand is answered ${withBody(answer)}. A client renews its token, or asks the person to link again, only after 401.`,
      'Answer 401 with error="invalid_token" to a token that is expired, revoked or unknown.',
    );
  }
  const { error } = challengeOf(answer);
  if (error === "invalid_token") return `${inShort(answer)} with error="invalid_token"`;
  throw new Fault(
    `A token that does not stand is refused with ${error === undefined ? "no error" : `error="${error}"`}; clients renew theirs only when they read invalid_token (RFC 6750 §3.1).`,
    'Answer 401 with error="invalid_token" to a token that is expired, revoked or unknown.',
  );
}

/** The other spelling of the address: with a slash at its end, or without. */
export const otherSlash = (url: string): string | null => {
  const { pathname } = new URL(url);
  if (pathname === "/") return null;
  return url.endsWith("/") ? url.slice(0, -1) : `${url}/`;
};

async function bothSlashes(visit: Visit): Promise<string> {
  const other = otherSlash(visit.url);
  if (other === null) throw new Skipped("The address has no path.");
  await visit.needs.challenge();
  const answer = await callMcp(visit.probe, other);
  if (answer.status === 401) return `${inShort(answer)} too`;
  throw new Fault(
    `${inShort(answer)}${answer.headers.location ? `, a redirect to ${answer.headers.location}` : ""}. People type the address with a slash at its end and without; a redirect loses the token or the body.`,
    "Hand both spellings to the server, without a redirect.",
  );
}

async function listsNoSurprise(visit: Visit): Promise<string> {
  const [{ scope }, resource, server] = await Promise.all([
    visit.needs.challenge(),
    visit.needs.resource(),
    visit.needs.server(),
  ]);
  const known = new Set([
    ...(listOf(resource, "scopes_supported") ?? []),
    ...(listOf(server, "scopes_supported") ?? []),
  ]);
  const unknown = (scope ?? "").split(" ").filter((name) => name !== "" && !known.has(name));
  if (known.size === 0) throw new Skipped("No metadata lists scopes.");
  if (unknown.length === 0) return `${known.size} scopes are listed, these among them`;
  throw new Fault(
    `The challenge asks for ${unknown.join(", ")}, which no metadata lists; the authorization server then refuses or drops it.`,
    "List every scope that a call can need in scopes_supported.",
  );
}

/** What a caller without a token is told. */
export const challengeChecks: readonly Check[] = [
  { id: "challenge.call", title: "A call without a token is refused with 401 and a challenge", run: refusesCall },
  { id: "challenge.get", title: "So is a GET", run: refusesGet },
  { id: "challenge.metadata", title: "The challenge names the metadata of this address", run: namesMetadata },
  { id: "challenge.scope", title: "The challenge names the scopes that a call needs", run: namesScopes },
  { id: "challenge.known_scope", title: "Those scopes are in the metadata", run: listsNoSurprise },
  { id: "challenge.dead_token", title: "A token that does not stand is called invalid", run: refusesDeadToken },
  { id: "challenge.slash", title: "The address works with a slash at its end and without", run: bothSlashes },
];
