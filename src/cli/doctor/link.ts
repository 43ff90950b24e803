import { randomBytes } from "node:crypto";
import { authorizeUrl, pkce } from "./ask-authorize.ts";
import { askToken } from "./ask-token.ts";
import { listOf, membersOf, type Members, textOf, withBody } from "./documents.ts";
import { Fault, Skipped } from "./fault.ts";
import type { Client } from "./own-client.ts";
import type { Visit } from "./visit.ts";

/** What came back to the redirect address. */
export interface Returned {
  readonly parameters: URLSearchParams;
  readonly state: string;
  readonly verifier: string;
  readonly client: Client;
}

/** A pair of tokens, and what was said of them. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string | undefined;
  readonly members: Members;
  readonly cacheControl: string;
}

/** What the first call needs, and that the link may outlive its first token. */
async function scopeOf(visit: Visit): Promise<string | null> {
  const listed = listOf(await visit.needs.server(), "scopes_supported") ?? [];
  const { scope } = await visit.needs.challenge();
  const wanted = [...(scope ?? "").split(" "), ...(listed.includes("offline_access") ? ["offline_access"] : [])];
  return wanted.filter(Boolean).join(" ") || null;
}

/** Has the person approve, as a client does (RFC 8252). @throws Skipped where nobody is there. */
export async function askPerson(visit: Visit): Promise<Returned> {
  if (visit.approve === null) throw new Skipped("Run with --link to make a real link and end it again.");
  const client = await visit.needs.client();
  const { verifier, challenge } = pkce();
  const state = randomBytes(16).toString("base64url");
  for (const secret of [verifier, state]) visit.secrets.hide(secret);
  const url = await authorizeUrl(visit, {
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope: await scopeOf(visit),
    code_challenge: challenge,
    state,
  });
  const parameters = await visit.approve(url.href);
  visit.secrets.hide(parameters.get("code") ?? undefined);
  return { parameters, state, verifier, client };
}

/** Reads a token answer (RFC 6749 §5.1). @throws Fault when it is none. */
export function tokensOf(answer: Parameters<typeof withBody>[0], what: string, fix: string): Tokens {
  const members = membersOf(answer.text) ?? {};
  const access = textOf(members, "access_token");
  if (answer.status !== 200 || access === undefined) throw new Fault(`${what}: ${withBody(answer)}.`, fix);
  return {
    access,
    refresh: textOf(members, "refresh_token"),
    members,
    cacheControl: answer.headers["cache-control"] ?? "",
  };
}

/** Turns the code into tokens. */
export async function exchange(visit: Visit, { parameters, verifier, client }: Returned): Promise<Tokens> {
  const code = parameters.get("code");
  if (code === null) throw new Skipped("Needs link.approved.");
  const answer = await askToken(visit, client, {
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: client.redirectUri,
    resource: visit.url,
  });
  return tokensOf(
    answer,
    "The code was not exchanged",
    "See the server's log for this request; often the code lies in the memory of another process, or the redirect address differs.",
  );
}

/** Asks for the next tokens. */
export const refresh = (visit: Visit, client: Client, token: string) =>
  askToken(visit, client, { grant_type: "refresh_token", refresh_token: token, resource: visit.url });
