import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import * as z from "zod";
import { errorOf, giveBack } from "../ask-token.ts";
import type { Check } from "../check.ts";
import { inShort, membersOf, messageOf, textOf, withBody } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import { askPerson, exchange, refresh, type Returned, type Tokens, tokensOf } from "../link.ts";
import { once } from "../once.ts";
import { callMcp, type Visit } from "../visit.ts";

const MOST_SKEW_SECONDS = 60;
/** One client that refreshes from two machines at once, and once more. */
const AT_ONCE = 3;
const jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
const TOOLS = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list", params: {} });

async function returnsHome(visit: Visit, link: () => Promise<Returned>): Promise<string> {
  const { parameters, state } = await link();
  const error = parameters.get("error");
  if (error !== null) {
    throw new Fault(
      `The answer was ${error}${parameters.has("error_description") ? `: ${parameters.get("error_description")}` : ""}.`,
      error === "access_denied" ? "Run it again and press Allow." : "See the server's log for this request.",
    );
  }
  if (parameters.get("state") !== state || !parameters.has("code")) {
    throw new Fault(
      "The answer came without a code, or without the state that was sent; clients drop it.",
      "Return code and state as they are.",
    );
  }
  const [server, issuer] = [await visit.needs.server(), await visit.needs.issuer()];
  const promised = server["authorization_response_iss_parameter_supported"] === true;
  if (!promised || parameters.get("iss") === issuer)
    return promised ? `code, state and iss=${issuer}` : "code and state";
  throw new Fault(
    `The answer has iss=${parameters.get("iss") ?? "(none)"} in place of ${issuer}, although the metadata promises it; clients drop the answer (RFC 9207 §2.4).`,
    "Add the issuer, letter by letter, or do not advertise it.",
  );
}

async function getsTokens(tokens: () => Promise<Tokens>): Promise<string> {
  const { members, refresh: next, cacheControl } = await tokens();
  const wrong = [
    ...(textOf(members, "token_type")?.toLowerCase() === "bearer" ? [] : ["token_type is not Bearer"]),
    ...(typeof members["expires_in"] === "number"
      ? []
      : ["expires_in is no number, so clients do not know when to refresh"]),
    ...(next === undefined ? ["there is no refresh_token, so the person links again when this one ends"] : []),
    ...(cacheControl.includes("no-store") ? [] : ["Cache-Control: no-store is missing"]),
  ];
  if (wrong.length === 0)
    return `Bearer for ${String(members["expires_in"])} s, scope ${textOf(members, "scope") ?? "as asked"}`;
  throw new Fault(`${wrong.join("; ")}.`, "Answer with all members of RFC 6749 §5.1.");
}

async function isSigned(visit: Visit, tokens: () => Promise<Tokens>): Promise<string> {
  const { access } = await tokens();
  const place = textOf(await visit.needs.server(), "jwks_uri");
  if (access.split(".").length !== 3 || place === undefined) throw new Skipped("The access token is opaque.");
  const claims = decodeJwt(access);
  const keySet = jwks.safeParse(membersOf((await visit.probe.ask(place)).text));
  if (!keySet.success) throw new Skipped("Needs server.keys.");
  const now = Math.floor(Date.now() / 1000);
  const skew = (claims.iat ?? now) - now;
  if (Math.abs(skew) > MOST_SKEW_SECONDS) {
    throw new Fault(
      `The token says that it was issued ${skew} s from now: the server's clock, or this one, is wrong.`,
      "Run time synchronisation on both machines.",
    );
  }
  const audience = [claims.aud ?? []].flat();
  const { origin } = new URL(visit.url);
  if (
    audience.length > 0 &&
    !audience.some(
      (one) =>
        one === visit.url || one.replace(/\/$/, "") === origin || `${one}/` === visit.url || one === `${visit.url}/`,
    )
  ) {
    throw new Fault(
      `The token is for ${audience.join(", ")}, and not for ${visit.url} (RFC 8707).`,
      "Copy the resource that the client names into aud.",
    );
  }
  try {
    await jwtVerify(access, createLocalJWKSet(keySet.data), {
      issuer: await visit.needs.issuer(),
      clockTolerance: MOST_SKEW_SECONDS,
    });
  } catch (error) {
    const why = error instanceof errors.JOSEError ? error.code : "it cannot be read";
    throw new Fault(
      `The token does not verify with the published keys (${why}, kid ${decodeProtectedHeader(access).kid ?? "none"}).`,
      "Publish the key before it signs, in every process; if the issuer differs, see server.issuer.",
      error,
    );
  }
  return `${decodeProtectedHeader(access).alg}, ${skew} s apart`;
}

/** Greets, then asks for the tools; a server with sessions gets its id back. */
async function callsTools(visit: Visit, token: string): Promise<string> {
  const greeting = await callMcp(visit.probe, visit.url, token);
  const greeted = messageOf(greeting);
  if (greeting.status !== 200 || greeted?.["result"] === undefined) {
    throw new Fault(
      `A call with the new token is answered ${withBody(greeting)}.`,
      "See the server's log: often the token's audience is not the one that this address accepts.",
    );
  }
  const session = greeting.headers["mcp-session-id"];
  const answer = await visit.probe.ask(visit.url, {
    method: "POST",
    body: TOOLS,
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      "mcp-protocol-version": "2025-06-18",
      ...(typeof session === "string" ? { "mcp-session-id": session } : {}),
    },
  });
  const result = messageOf(answer)?.["result"];
  const tools = membersOf(JSON.stringify(result ?? null))?.["tools"];
  if (Array.isArray(tools)) return `${tools.length} tools`;
  throw new Fault(`tools/list is answered ${withBody(answer)}.`, "See the server's log for this call.");
}

interface Link {
  readonly returned: () => Promise<Returned>;
  readonly tokens: () => Promise<Tokens>;
}

function createLink(visit: Visit): Link {
  const returned = once(() => askPerson(visit));
  const exchanged = once(async () => exchange(visit, await returned()));
  return { returned, tokens: exchanged };
}

const missing = (id: string) => (error: unknown) => {
  if (error instanceof Fault) throw new Skipped(`Needs ${id}.`);
  throw error;
};

async function refreshesAtOnce(visit: Visit, link: Link): Promise<Tokens> {
  const { refresh: token } = await link.tokens().catch(missing("link.token"));
  if (token === undefined) throw new Skipped("There is no refresh token.");
  const { client } = await link.returned();
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => refresh(visit, client, token)));
  const fix =
    "Let a refresh token that was just used answer with the same next token for some seconds (in Bellhop: 30 s).";
  const failed = answers.filter(({ status }) => status !== 200);
  const [worst] = failed;
  if (worst !== undefined) {
    throw new Fault(
      `Of ${AT_ONCE} refreshes at once ${failed.length} failed (${errorOf(worst) ?? worst.status}). Claude refreshes from two machines at once, and the person is logged out.`,
      fix,
    );
  }
  const all = answers.map((answer) => tokensOf(answer, "A refresh failed", fix));
  const [first] = all;
  if (first !== undefined && all.every((one) => one.refresh === first.refresh)) return first;
  throw new Fault(
    "Refreshes at once got different next tokens. A client keeps one of them, and it may be the one that is already dead.",
    fix,
  );
}

async function ends(visit: Visit, link: Link, latest: () => Promise<Tokens>): Promise<string> {
  const { client } = await link.returned().catch(missing("link.approved"));
  const tokens = await latest()
    .catch(() => link.tokens())
    .catch(missing("link.token"));
  const answer = await giveBack(visit, client, tokens.refresh ?? tokens.access);
  if (answer.status !== 200)
    throw new Fault(`Giving the token back is answered ${withBody(answer)}.`, "Answer 200 (RFC 7009 §2.2).");
  const call = await callMcp(visit.probe, visit.url, tokens.access);
  if (call.status !== 401) {
    throw new Fault(
      `After the link was revoked a call is answered ${inShort(call)}: the access token stays good until it expires by itself.`,
      "Look the link up on every call, and refuse it with 401 once it is revoked.",
    );
  }
  if (tokens.refresh === undefined) return "the next call is refused with 401";
  const next = await refresh(visit, client, tokens.refresh);
  if (next.status === 400 && errorOf(next) === "invalid_grant")
    return "the next call is refused with 401, the next refresh with invalid_grant";
  throw new Fault(`After the link was revoked a refresh is answered ${withBody(next)}.`, "Answer 400 invalid_grant.");
}

async function oldIsDead(visit: Visit, link: Link): Promise<string> {
  const first = (await link.tokens()).refresh;
  const { client } = await link.returned();
  if (first === undefined) throw new Skipped("There is no refresh token.");
  const step = async (token: string): Promise<Tokens> =>
    tokensOf(await refresh(visit, client, token), "A refresh failed", "See link.refresh.");
  const second = await step(first);
  if (second.refresh === undefined || second.refresh === first) {
    if (client.secret !== undefined) throw new Skipped("The tokens of this confidential client do not rotate.");
    throw new Fault(
      "The refresh token of a public client stays the same, so a stolen copy is never noticed (OAuth 2.1 §4.3.1).",
      "Give a new one with each refresh, and refuse the old one.",
    );
  }
  const third = await step(second.refresh);
  const replay = await refresh(visit, client, first);
  if (replay.status === 200) {
    throw new Fault(
      "A refresh token from two refreshes ago is still good: a stolen copy works beside the person's own, unnoticed.",
      "Refuse it with invalid_grant, and end the link: someone has a copy (RFC 9700 §4.14.2).",
    );
  }
  const call = await callMcp(visit.probe, visit.url, third.access);
  if (call.status === 401) return `${replay.status} ${errorOf(replay) ?? ""}, and the link has ended`;
  await giveBack(visit, client, third.refresh ?? third.access);
  return `${replay.status} ${errorOf(replay) ?? ""}; the link went on, and was given back`;
}

/** A real link, made and ended with a person's help: approved twice, once for each way to end. */
export function linkChecks(visit: Visit): readonly Check[] {
  const link = createLink(visit);
  const second = createLink(visit);
  const tokens = (): Promise<Tokens> => link.tokens().catch(missing("link.token"));
  const refreshed = once(() => refreshesAtOnce(visit, link));
  const latest = (): Promise<Tokens> => refreshed().catch(missing("link.refresh"));
  return [
    {
      id: "link.approved",
      title: "The person's answer comes back to the client",
      run: () => returnsHome(visit, link.returned),
    },
    {
      id: "link.token",
      title: "The code becomes tokens",
      run: async () => {
        await link.returned().catch(missing("link.approved"));
        return getsTokens(link.tokens);
      },
    },
    { id: "link.signature", title: "The token verifies, and is for this address", run: () => isSigned(visit, tokens) },
    { id: "link.call", title: "A call with it succeeds", run: async () => callsTools(visit, (await tokens()).access) },
    {
      id: "link.refresh",
      title: "Refreshes at the same moment get the same next token",
      run: async () =>
        `${AT_ONCE} at once, ${(await refreshed()).refresh === undefined ? "no next token" : "one next token"}`,
    },
    {
      id: "link.refreshed_call",
      title: "A call with the next token succeeds",
      run: async () => callsTools(visit, (await latest()).access),
    },
    { id: "link.revoke", title: "A revoked link ends with the next call", run: () => ends(visit, link, latest) },
    { id: "link.old_refresh", title: "An old refresh token is dead", run: () => oldIsDead(visit, second) },
  ];
}
