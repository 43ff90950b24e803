import { challengeOf } from "../challenge-header.ts";
import type { Check } from "../check.ts";
import { documentOf, listOf, type Members, textOf } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import { documentFix } from "../places.ts";
import { callMcp, resourcePlace, type Visit } from "../visit.ts";
import { otherSlash } from "./challenge.ts";

const FIX = documentFix("oauth-protected-resource");
const PUBLIC_ADDRESS =
  "Set the server's public address (in Bellhop: SERVER_BASE_URL) to what people type, letter by letter, and leave Host and forwarding headers out of it.";

/** `https://host` and `https://host/` are one address; every other difference counts. */
const isSame = (resource: string | undefined, url: string): boolean =>
  resource === url || (new URL(url).pathname === "/" && `${resource}/` === url);

async function isThere(visit: Visit): Promise<string> {
  const document = await visit.facts.resource();
  const servers = listOf(document, "authorization_servers") ?? [];
  if (servers[0] !== undefined && URL.canParse(servers[0])) return `authorization server ${servers[0]}`;
  throw new Fault(
    "The metadata names no authorization server, so a client does not know where to ask.",
    "List the issuer in authorization_servers; clients use the first.",
  );
}

async function at(visit: Visit, place: string): Promise<Members> {
  return documentOf(await visit.probe.ask(place), "the protected-resource metadata", FIX);
}

async function besidePath(visit: Visit): Promise<string> {
  const place = resourcePlace(visit.url);
  await at(visit, place);
  return place;
}

async function atRoot(visit: Visit): Promise<string> {
  const place = `${new URL(visit.url).origin}/.well-known/oauth-protected-resource`;
  const [document, first] = await Promise.all([at(visit, place), visit.needs.issuer()]);
  const named = listOf(document, "authorization_servers")?.[0];
  if (named === first) return place;
  throw new Fault(`${place} names the authorization server ${named}, and not ${first}.`, PUBLIC_ADDRESS);
}

async function namesItself(visit: Visit): Promise<string> {
  const resource = textOf(await visit.needs.resource(), "resource");
  if (isSame(resource, visit.url)) return `resource is ${resource}`;
  throw new Fault(
    `resource is ${resource ?? "missing"}, and what was typed is ${visit.url}. Claude and others then refuse to go on (RFC 9728 §3.3).`,
    PUBLIC_ADDRESS,
  );
}

async function namesOtherSlash(visit: Visit): Promise<string> {
  const other = otherSlash(visit.url);
  if (other === null) throw new Skipped("The address has no path.");
  await visit.needs.resource();
  const answer = await callMcp(visit.probe, other);
  if (answer.status !== 401) throw new Skipped("Needs challenge.slash.");
  const { resourceMetadata } = challengeOf(answer);
  const resource = textOf(await at(visit, resourceMetadata ?? resourcePlace(other)), "resource");
  if (isSame(resource, other)) return `resource is ${resource} there`;
  throw new Fault(
    `Who types ${other} is told that the resource is ${resource ?? "missing"}, and some clients refuse to go on.`,
    "Let the challenge at each spelling name metadata whose resource is that spelling.",
  );
}

async function listsNoOffline(visit: Visit): Promise<string> {
  const scopes = listOf(await visit.needs.resource(), "scopes_supported");
  if (scopes === undefined) throw new Skipped("The metadata lists no scopes.");
  if (!scopes.includes("offline_access")) return scopes.join(" ");
  throw new Fault(
    "The resource lists offline_access, which is no permission on a resource; some clients then ask for it as one.",
    "List it in the authorization server's scopes_supported alone.",
  );
}

/** The metadata of the protected resource (RFC 9728). */
export const resourceChecks: readonly Check[] = [
  { id: "resource.document", title: "The protected-resource metadata is there", run: isThere },
  { id: "resource.path", title: "It is also where clients look that read no challenge", run: besidePath },
  { id: "resource.root", title: "It is at the root too, and names the same server", run: atRoot },
  { id: "resource.matches", title: "Its resource is the address that was typed", run: namesItself },
  { id: "resource.slash", title: "The same with the other spelling of the slash", run: namesOtherSlash },
  { id: "resource.scopes", title: "It lists no offline_access", run: listsNoOffline },
];
