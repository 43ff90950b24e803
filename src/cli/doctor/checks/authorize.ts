import { authorizeUrl, begin, type Changes, describeReaction, type Reaction, pkce } from "../ask-authorize.ts";
import type { Check } from "../check.ts";
import { inShort, listOf } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import type { Client } from "../own-client.ts";
import type { Visit } from "../visit.ts";

const asking = ({ id, redirectUri }: Client, changes: Changes = {}): Changes => ({
  client_id: id,
  redirect_uri: redirectUri,
  ...changes,
});

async function accepted(visit: Visit, changes: Changes, what: string, fix: string): Promise<Reaction> {
  const reaction = await begin(visit, asking(await visit.needs.client(), changes));
  if (reaction.kind === "page") return reaction;
  if (reaction.kind === "client" && reaction.told.has("code")) throw new Skipped("Needs authorize.starts.");
  throw new Fault(`${what}: ${describeReaction(reaction)}.`, fix);
}

async function starts(visit: Visit): Promise<string> {
  const client = await visit.needs.client();
  const reaction = await begin(visit, asking(client));
  if (reaction.kind === "page") return describeReaction(reaction);
  if (reaction.kind === "client" && reaction.told.has("code")) {
    throw new Fault(
      "A code was handed out at once, although nobody agreed to anything: any page can link a person's account.",
      "Show who asks and for what, and hand out a code only after the person has allowed it there.",
    );
  }
  throw new Fault(
    `A request as clients send it is refused: ${describeReaction(reaction)}.`,
    "See the server's log for this request; often the resource parameter, which holds the MCP address, is not accepted (RFC 8707).",
  );
}

async function pageStands(visit: Visit): Promise<string> {
  const reaction = await begin(visit, asking(await visit.needs.client()));
  if (reaction.kind !== "page") throw new Skipped("Needs authorize.starts.");
  if (new URL(reaction.next).host !== (await authorizeUrl(visit, {})).host)
    throw new Skipped("The page is at another host.");
  const page =
    reaction.status < 300
      ? reaction.answer
      : await visit.probe.ask(reaction.next, { headers: { accept: "text/html" } });
  if (page.status !== 200 || page.headers["content-type"]?.includes("text/html") !== true) {
    throw new Fault(
      `${inShort(page).replace(/\?\S*/, "")} with ${page.headers["content-type"] ?? "no content type"}: the person sees no page to sign in or to agree on.`,
      "Let the proxy hand that path on to the server as well.",
    );
  }
  const policy = page.headers["content-security-policy"] ?? "";
  if (/frame-ancestors/.test(String(policy)) || page.headers["x-frame-options"] !== undefined)
    return "a page that nobody frames";
  throw new Fault(
    "Another site may put the page into a frame and have the person click Allow without seeing it (RFC 9700 §4.16).",
    "Send Content-Security-Policy: frame-ancestors 'none' with it.",
  );
}

/** A request that must be refused before anyone signs in. */
async function refused(visit: Visit, changes: Changes, cause: string, fix: string): Promise<Reaction> {
  const reaction = await begin(visit, asking(await visit.needs.client(), changes));
  if (reaction.kind === "refused" && reaction.status < 500) return reaction;
  if (reaction.kind === "client" && reaction.told.has("error")) return reaction;
  throw new Fault(`${cause} (${describeReaction(reaction)}).`, fix);
}

const PKCE_FIX = "Refuse it: every client of MCP uses PKCE with S256 (OAuth 2.1 §4.1.1, RFC 9700 §2.1.1).";

async function needsPkce(visit: Visit): Promise<string> {
  if (visit.given?.secret !== undefined)
    throw new Skipped("A confidential client may have been allowed to go without.");
  const without = { code_challenge: null, code_challenge_method: null };
  return describeReaction(
    await refused(visit, without, "A request without PKCE goes on: a stolen code is good for anyone", PKCE_FIX),
  );
}

async function refusesPlain(visit: Visit): Promise<string> {
  const plain = { code_challenge: pkce().verifier, code_challenge_method: "plain" };
  return describeReaction(
    await refused(visit, plain, "PKCE with plain goes on: who sees the request can use the code", PKCE_FIX),
  );
}

const ELSEWHERE = "https://attacker.example/callback";

async function keepsCodesHome(visit: Visit): Promise<string> {
  const reaction = await begin(visit, asking(await visit.needs.client(), { redirect_uri: ELSEWHERE }));
  const fix =
    "Compare redirect_uri with the registered ones letter by letter, and show an error page without a link to any other.";
  if (reaction.kind === "client")
    throw new Fault(`A redirect address that nobody registered is followed: ${ELSEWHERE}.`, fix);
  if (reaction.kind === "page")
    throw new Fault(`A redirect address that nobody registered is accepted (${describeReaction(reaction)}).`, fix);
  if (reaction.status >= 500) throw new Fault(`It is answered ${describeReaction(reaction)}.`, fix);
  if (!/(?:href|action|content|src)\s*=\s*["'][^"']*attacker\.example/i.test(reaction.answer.text))
    return describeReaction(reaction);
  throw new Fault("The error page links to a redirect address that nobody registered.", fix);
}

async function tellsWho(visit: Visit): Promise<string> {
  if ((await visit.needs.server())["authorization_response_iss_parameter_supported"] !== true) {
    throw new Skipped("iss is not advertised.");
  }
  const reaction = await refused(
    visit,
    { response_type: "token" },
    "response_type=token goes on",
    "Answer unsupported_response_type.",
  );
  if (reaction.kind !== "client") throw new Skipped("The error is shown to the person, not sent to the client.");
  const issuer = await visit.needs.issuer();
  if (reaction.told.get("iss") === issuer && reaction.told.has("state")) return `iss=${issuer}, and the state`;
  throw new Fault(
    `The error goes to the client ${reaction.told.has("state") ? "" : "without state and "}with iss=${reaction.told.get("iss") ?? "(none)"}, although the metadata promises iss; clients then drop the answer (RFC 9207 §2.3).`,
    "Add state and iss to every authorization response, errors included, or do not advertise iss.",
  );
}

async function anyPort(visit: Visit): Promise<string> {
  const { redirectUri } = await visit.needs.client();
  const url = URL.parse(redirectUri);
  if (url?.protocol !== "http:") throw new Skipped("The client has no loopback address.");
  url.port = url.port === "49153" ? "49154" : "49153";
  const reaction = await accepted(
    visit,
    { redirect_uri: url.href },
    "The registered loopback address with another port is refused, but programs take a free port each time (RFC 8252 §7.3)",
    "Compare loopback addresses without their port.",
  );
  return describeReaction(reaction);
}

async function emptyScope(visit: Visit): Promise<string> {
  const reaction = await accepted(
    visit,
    { scope: "" },
    "scope= with nothing behind it is refused, and ChatGPT sends it so at times",
    "Treat an empty scope as if none were sent.",
  );
  return describeReaction(reaction);
}

async function everyScope(visit: Visit): Promise<string> {
  const scopes = listOf(await visit.needs.server(), "scopes_supported") ?? [];
  if (scopes.length === 0) throw new Skipped("The metadata lists no scopes.");
  await accepted(
    visit,
    { scope: scopes.join(" ") },
    `A request for all of scopes_supported is refused, and that is what Claude and ChatGPT ask for`,
    "List only scopes that any client may have, and leave out the others; drop what a client may not have in place of refusing.",
  );
  return scopes.join(" ");
}

/** The beginning of a link, as far as it goes without a person. */
export const authorizeChecks: readonly Check[] = [
  { id: "authorize.starts", title: "A link begins with a page for the person", run: starts },
  { id: "authorize.page", title: "That page is there, and nobody can frame it", run: pageStands },
  { id: "authorize.pkce", title: "A request without PKCE is refused", run: needsPkce },
  { id: "authorize.plain", title: "So is PKCE without a hash", run: refusesPlain },
  { id: "authorize.redirect", title: "Nothing goes to an address that nobody registered", run: keepsCodesHome },
  { id: "authorize.iss", title: "Errors say which server they come from", run: tellsWho },
  { id: "authorize.port", title: "A loopback address works with any port", run: anyPort },
  { id: "authorize.empty_scope", title: "An empty scope is no scope", run: emptyScope },
  { id: "authorize.every_scope", title: "Every scope that is listed may be asked for", run: everyScope },
];
