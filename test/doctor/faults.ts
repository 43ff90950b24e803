import type { Asked, Fault, Reply } from "./breaking-proxy.ts";

/** A fault as it is met in the field, the check that must find it, and words of the cause and of the fix. */
export interface Planted {
  readonly name: string;
  readonly check: string;
  readonly cause: RegExp;
  readonly fix: RegExp;
  readonly fault: Fault;
}

type Members = Record<string, unknown>;
type Where = (asked: Asked) => boolean;

const at =
  (...paths: readonly string[]): Where =>
  ({ path }) =>
    paths.includes(path);
const ending =
  (part: string): Where =>
  ({ path }) =>
    path.includes(part);

const isMcp = at("/mcp", "/mcp/");
const isResource = ending("oauth-protected-resource");
const isServer: Where = ({ path }) => /oauth-authorization-server|openid-configuration/.test(path);
const isToken = at("/token");
const isAuthorize = at("/authorize");
const posts: Where = ({ method }) => method === "POST";
const asksFor =
  (grant: string): Where =>
  (asked) =>
    isToken(asked) && new URLSearchParams(asked.body).get("grant_type") === grant;

/** Answers in place of the server. */
const instead =
  (where: Where, reply: (asked: Asked) => Partial<Reply>): Fault =>
  async (asked, real) =>
    where(asked) ? { status: 200, headers: {}, body: "", ...reply(asked) } : real();

/** Changes the server's answer. */
const changed =
  (where: Where, change: (reply: Reply, asked: Asked) => void): Fault =>
  async (asked, real) => {
    const reply = await real();
    if (where(asked)) change(reply, asked);
    return reply;
  };

const without = (where: Where, ...names: readonly string[]): Fault =>
  changed(where, ({ headers }) => names.forEach((name) => delete headers[name]));

/** Changes a JSON document. */
const rewritten = (where: Where, change: (members: Members) => Members): Fault =>
  changed(where, (reply) => {
    if (reply.status === 200) reply.body = JSON.stringify(change(JSON.parse(reply.body)));
  });

const members = (where: Where, changes: Members): Fault =>
  rewritten(where, (document) => JSON.parse(JSON.stringify({ ...document, ...changes })));

const rewrittenHeader = (where: Where, name: string, change: (value: string) => string): Fault =>
  changed(where, ({ headers }) => {
    if (headers[name] !== undefined) headers[name] = change(headers[name]);
  });

const json = (status: number, body: Members): Partial<Reply> => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
});
const page = (body: string, status = 200): Partial<Reply> => ({
  status,
  headers: { "content-type": "text/html" },
  body,
});

/** The server answers as if the request had been another one: what it refuses goes through. */
const asIf =
  (where: Where, change: (query: URLSearchParams) => void): Fault =>
  (asked, real) => {
    const query = new URLSearchParams(asked.query);
    if (where(asked)) change(query);
    return real({ query });
  };

const said = ({ headers }: Asked): string => String(headers["x-forwarded-host"] ?? headers.host);
const isForeign: Where = ({ headers }) => String(headers.host).startsWith("spoofed");

/** Adds what a server makes of the headers that it believes. */
const builtFrom = (name: (asked: Asked) => string): Fault =>
  changed(isResource, (reply, asked) => {
    const document: Members = reply.status === 200 ? JSON.parse(reply.body) : {};
    Object.assign(reply, json(200, { ...document, resource: `https://${name(asked)}/mcp` }));
  });

export const planted: readonly Planted[] = [
  {
    name: "the proxy does not know the path",
    check: "reach.answers",
    cause: /404: there is no MCP server at this path/,
    fix: /whole MCP address/,
    fault: instead(isMcp, () => page("not found", 404)),
  },
  {
    name: "the server behind the proxy is down",
    check: "reach.answers",
    cause: /502: the server, or the proxy in front, is broken/,
    fix: /log of the proxy/,
    fault: instead(
      () => true,
      () => page("bad gateway", 502),
    ),
  },
  {
    name: "the server's clock is two hours late",
    check: "reach.clock",
    cause: /7[12]\d\d s apart; the server is behind/,
    fix: /time synchronisation/,
    fault: changed(isMcp, ({ headers }) => (headers["date"] = new Date(Date.now() - 7_200_000).toUTCString())),
  },
  {
    name: "calls are let in without a token",
    check: "challenge.call",
    cause: /answered 200.*Only 401/,
    fix: /401 and a WWW-Authenticate/,
    fault: instead(
      (asked) => isMcp(asked) && posts(asked),
      () => json(200, { jsonrpc: "2.0", id: 1, result: {} }),
    ),
  },
  {
    name: "the proxy removes WWW-Authenticate",
    check: "challenge.call",
    cause: /no WWW-Authenticate header/,
    fix: /no proxy removes/,
    fault: without(isMcp, "www-authenticate"),
  },
  {
    name: "a GET is answered by a page",
    check: "challenge.get",
    cause: /GET .*answered 200/,
    fix: /Refuse calls without a token/,
    fault: instead(
      (asked) => isMcp(asked) && asked.method === "GET",
      () => page("<h1>Hello</h1>"),
    ),
  },
  {
    name: "the challenge names no metadata",
    check: "challenge.metadata",
    cause: /no resource_metadata/,
    fix: /Add resource_metadata/,
    fault: rewrittenHeader(isMcp, "www-authenticate", (value) => value.replace(/resource_metadata="[^"]*", /, "")),
  },
  {
    name: "the challenge names the address behind the proxy",
    check: "challenge.metadata",
    cause: /http:\/\/10\.0\.0\.7:3002.*not at http:\/\/localhost/,
    fix: /SERVER_BASE_URL/,
    fault: rewrittenHeader(isMcp, "www-authenticate", (value) =>
      value.replace(/http:\/\/localhost:\d+/, "http://10.0.0.7:3002"),
    ),
  },
  {
    name: "the challenge names no scope",
    check: "challenge.scope",
    cause: /names no scope/,
    fix: /Add scope=/,
    fault: rewrittenHeader(isMcp, "www-authenticate", (value) => value.replace(/, scope="[^"]*"/, "")),
  },
  {
    name: "the challenge asks for offline_access",
    check: "challenge.scope",
    cause: /offline_access, which is no permission/,
    fix: /authorization server's scopes_supported alone/,
    fault: rewrittenHeader(isMcp, "www-authenticate", (value) => value.replace('scope="', 'scope="offline_access ')),
  },
  {
    name: "the challenge asks for a scope that nobody lists",
    check: "challenge.known_scope",
    cause: /asks for everything, which no metadata lists/,
    fix: /List every scope/,
    fault: rewrittenHeader(isMcp, "www-authenticate", (value) => value.replace('scope="', 'scope="everything ')),
  },
  {
    name: "a dead token is refused without saying so",
    check: "challenge.dead_token",
    cause: /refused with no error/,
    fix: /invalid_token/,
    fault: rewrittenHeader(isMcp, "www-authenticate", (value) => value.replace(/, error="[^"]*"/, "")),
  },
  {
    name: "the proxy redirects the slash away",
    check: "challenge.slash",
    cause: /answered 308, a redirect to/,
    fix: /without a redirect/,
    fault: instead(at("/mcp/"), () => ({ status: 308, headers: { location: "/mcp" } })),
  },
  {
    name: "a web application answers under /.well-known",
    check: "resource.document",
    cause: /text\/html, and not with JSON/,
    fix: /every path under \/\.well-known\//,
    fault: instead(ending("/.well-known/"), () => page("<div id=root></div>")),
  },
  {
    name: "the resource names no authorization server",
    check: "resource.document",
    cause: /names no authorization server/,
    fix: /authorization_servers/,
    fault: members(isResource, { authorization_servers: [] }),
  },
  {
    name: "the proxy hands on only the root's metadata",
    check: "resource.path",
    cause: /oauth-protected-resource\/mcp answered 404/,
    fix: /every path under/,
    fault: instead(at("/.well-known/oauth-protected-resource/mcp"), () => page("", 404)),
  },
  {
    name: "the root's metadata is behind a sign-in",
    check: "resource.root",
    cause: /redirect to https:\/\/login/,
    fix: /without a sign-in in front/,
    fault: instead(at("/.well-known/oauth-protected-resource"), () => ({
      status: 302,
      headers: { location: "https://login.example/" },
    })),
  },
  {
    name: "the resource is the address behind the proxy",
    check: "resource.matches",
    cause: /resource is http:\/\/127\.0\.0\.1:3002\/mcp, and what was typed/,
    fix: /SERVER_BASE_URL/,
    fault: members(isResource, { resource: "http://127.0.0.1:3002/mcp" }),
  },
  {
    name: "the resource has a slash that nobody typed",
    check: "resource.matches",
    cause: /\/mcp\/, and what was typed is .*\/mcp\./,
    fix: /letter by letter/,
    fault: rewritten(isResource, (document) => ({ ...document, resource: `${String(document["resource"])}/` })),
  },
  {
    name: "both spellings of the slash name one resource",
    check: "resource.slash",
    cause: /Who types .*\/mcp\/ is told/,
    fix: /that spelling/,
    fault: rewritten(ending("oauth-protected-resource/mcp/"), (document) => ({
      ...document,
      resource: String(document["resource"]).replace(/\/$/, ""),
    })),
  },
  {
    name: "the resource lists offline_access",
    check: "resource.scopes",
    cause: /The resource lists offline_access/,
    fix: /alone/,
    fault: members(isResource, { scopes_supported: ["read", "write", "profile", "offline_access"] }),
  },
  {
    name: "the authorization server's metadata is nowhere",
    check: "server.document",
    cause: /answered 404/,
    fix: /oauth-authorization-server/,
    fault: instead(isServer, () => page("", 404)),
  },
  {
    name: "the issuer has a slash at its end",
    check: "server.issuer",
    cause: /compared letter by letter/,
    fix: /SERVER_BASE_URL/,
    fault: rewritten(isServer, (document) => ({ ...document, issuer: `${String(document["issuer"])}/` })),
  },
  {
    name: "openid-configuration is that of somebody else",
    check: "server.openid",
    cause: /issuer https:\/\/elsewhere\.example, elsewhere it is/,
    fix: /SERVER_BASE_URL/,
    fault: instead(at("/.well-known/openid-configuration"), () => json(200, { issuer: "https://elsewhere.example" })),
  },
  {
    name: "a page answers where older clients look",
    check: "server.places",
    cause: /not with JSON/,
    fix: /well-known/,
    fault: instead(at("/.well-known/oauth-authorization-server/mcp"), () => page("<h1>Hello</h1>")),
  },
  {
    name: "the endpoints are https, and the server is not",
    check: "server.endpoints",
    cause: /token_endpoint is https:\/\/localhost/,
    fix: /SERVER_BASE_URL/,
    fault: rewritten(isServer, (document) => ({
      ...document,
      token_endpoint: String(document["token_endpoint"]).replace("http:", "https:"),
    })),
  },
  {
    name: "PKCE is not advertised",
    check: "server.pkce",
    cause: /code_challenge_methods_supported is missing, without S256/,
    fix: /Add "S256"/,
    fault: members(isServer, { code_challenge_methods_supported: undefined }),
  },
  {
    name: "only clients with a secret are welcome",
    check: "server.public_clients",
    cause: /without none/,
    fix: /Add "none"/,
    fault: members(isServer, { token_endpoint_auth_methods_supported: ["client_secret_post"] }),
  },
  {
    name: "client documents are offered, but no client without a secret",
    check: "server.client_documents",
    cause: /has no "none": Claude then does not use them/,
    fix: /Add "none"/,
    fault: members(isServer, {
      client_id_metadata_document_supported: true,
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
    }),
  },
  {
    name: "no client can introduce itself",
    check: "server.client_documents",
    cause: /no assistant can introduce itself/,
    fix: /Offer one of the two/,
    fault: members(isServer, { client_id_metadata_document_supported: undefined, registration_endpoint: undefined }),
  },
  {
    name: "refresh tokens are not advertised",
    check: "server.refresh",
    cause: /no refresh_token/,
    fix: /Issue refresh tokens/,
    fault: members(isServer, { grant_types_supported: ["authorization_code"] }),
  },
  {
    name: "offline_access is not listed",
    check: "server.refresh",
    cause: /no offline_access/,
    fix: /Add offline_access/,
    fault: members(isServer, { scopes_supported: ["read", "write", "profile"] }),
  },
  {
    name: "a private key is published",
    check: "server.keys",
    cause: /holds a private key/,
    fix: /replace the signing key now/,
    fault: members(ending("jwks"), { keys: [{ kty: "RSA", kid: "1", n: "AQAB", e: "AQAB", d: "AQAB" }] }),
  },
  {
    name: "the key set is empty",
    check: "server.keys",
    cause: /holds no key/,
    fix: /public half/,
    fault: members(ending("jwks"), { keys: [] }),
  },
  {
    name: "pages may not read the metadata",
    check: "cors.metadata",
    cause: /A page cannot read/,
    fix: /Access-Control-Allow-Origin/,
    fault: without(ending("/.well-known/"), "access-control-allow-origin"),
  },
  {
    name: "the preflight of the token endpoint is refused",
    check: "cors.endpoints",
    cause: /OPTIONS .*\/token was answered 405/,
    fix: /answer OPTIONS/,
    fault: instead(
      (asked) => isToken(asked) && asked.method === "OPTIONS",
      () => ({ status: 405 }),
    ),
  },
  {
    name: "pages may not read the challenge",
    check: "cors.mcp",
    cause: /cannot read WWW-Authenticate/,
    fix: /Expose-Headers/,
    fault: without(isMcp, "access-control-expose-headers"),
  },
  {
    name: "X-Forwarded-Host is believed",
    check: "proxy.forwarding",
    cause: /Forwarding headers that anyone can send/,
    fix: /one setting/,
    fault: builtFrom(said),
  },
  {
    name: "the Host header is believed",
    check: "proxy.host",
    cause: /A foreign Host header appears/,
    fix: /Refuse a Host/,
    fault: instead(
      (asked) => isForeign(asked) && isResource(asked),
      (asked) => json(200, { resource: `https://${asked.headers.host}/mcp` }),
    ),
  },
  {
    name: "registration needs a token",
    check: "registration.dynamic",
    cause: /answered 401/,
    fix: /POST requests without a token/,
    fault: instead(at("/register"), () => json(401, { error: "invalid_token" })),
  },
  {
    name: "public clients get a secret",
    check: "registration.dynamic",
    cause: /got a secret/,
    fix: /public client/,
    fault: changed(at("/register"), (reply) => {
      if (reply.status === 201)
        reply.body = JSON.stringify({ ...JSON.parse(reply.body), client_secret: "a-secret-of-the-test" });
    }),
  },
  {
    name: "any redirect address is registered",
    check: "registration.redirect",
    cause: /http:\/\/attacker\.example\/callback was registered/,
    fix: /RFC 8252/,
    fault: async (asked, real) => {
      const reply = await real();
      if (asked.path !== "/register" || reply.status < 400) return reply;
      return {
        headers: {},
        ...json(201, { ...JSON.parse(asked.body), client_id: "c" }),
        status: 201,
        body: JSON.stringify({ ...JSON.parse(asked.body), client_id: "c" }),
      };
    },
  },
  {
    name: "Claude's client document cannot be fetched",
    check: "registration.claude",
    cause: /claude\.ai.* is refused/,
    fix: /outgoing https/,
    fault: instead(
      (asked) => isAuthorize(asked) && (asked.query.get("client_id") ?? "").includes("mcp-oauth"),
      () => page("<p>Unknown client</p>", 400),
    ),
  },
  {
    name: "loopback ports are compared",
    check: "registration.claude_code",
    cause: /claude-code.* is refused/,
    fix: /any port/,
    fault: instead(
      (asked) => isAuthorize(asked) && (asked.query.get("client_id") ?? "").includes("claude-code"),
      () => page("<p>Wrong address</p>", 400),
    ),
  },
  {
    name: "ChatGPT's client document is refused",
    check: "registration.chatgpt",
    cause: /chatgpt\.com.* is refused: 400 private_key_jwt/,
    fix: /methods that the document lists/,
    fault: instead(
      (asked) => isAuthorize(asked) && (asked.query.get("client_id") ?? "").includes("chatgpt.com"),
      () => page("<p>private_key_jwt is not supported</p>", 400),
    ),
  },
  {
    name: "documents inside the network are fetched",
    check: "registration.inner_document",
    cause: /fetch from its own network/,
    fix: /Check the addresses/,
    fault: instead(
      (asked) => isAuthorize(asked) && /127\.0\.0\.1|169\.254|::1/.test(asked.query.get("client_id") ?? ""),
      () => page("<p>Sign in</p>"),
    ),
  },
  {
    name: "an unknown client is a bad request",
    check: "registration.unknown",
    cause: /registers again only on 401 invalid_client/,
    fix: /401 and error "invalid_client"/,
    fault: changed(isToken, (reply) => void (reply.status === 401 && (reply.status = 400))),
  },
  {
    name: "the MCP address is no resource",
    check: "authorize.starts",
    cause: /refused: the client is told invalid_target/,
    fix: /resource parameter/,
    fault: asIf(isAuthorize, (query) => query.set("resource", "https://elsewhere.example/mcp")),
  },
  {
    name: "a code is handed out without asking",
    check: "authorize.starts",
    cause: /nobody agreed/,
    fix: /only after the person/,
    fault: instead(isAuthorize, ({ query }) => ({
      status: 302,
      headers: { location: `${query.get("redirect_uri")}?code=code-of-the-test&state=x` },
    })),
  },
  {
    name: "the consent page may be framed",
    check: "authorize.page",
    cause: /into a frame/,
    fix: /frame-ancestors/,
    fault: without(ending("/app/"), "content-security-policy", "x-frame-options"),
  },
  {
    name: "the consent page is not handed on",
    check: "authorize.page",
    cause: /answered 404.*no page/,
    fix: /that path/,
    fault: instead(ending("/app/"), () => page("", 404)),
  },
  {
    name: "PKCE may be left out",
    check: "authorize.pkce",
    cause: /without PKCE goes on/,
    fix: /RFC 9700/,
    fault: asIf(
      (asked) => isAuthorize(asked) && !asked.query.has("code_challenge"),
      (query) => {
        query.set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        query.set("code_challenge_method", "S256");
      },
    ),
  },
  {
    name: "PKCE may be plain",
    check: "authorize.plain",
    cause: /plain goes on/,
    fix: /Refuse it/,
    fault: asIf(
      (asked) => asked.query.get("code_challenge_method") === "plain",
      (query) => query.set("code_challenge_method", "S256"),
    ),
  },
  {
    name: "any redirect address is followed",
    check: "authorize.redirect",
    cause: /attacker\.example\/callback/,
    fix: /letter by letter/,
    fault: instead(
      (asked) => isAuthorize(asked) && (asked.query.get("redirect_uri") ?? "").includes("attacker"),
      ({ query }) => ({
        status: 302,
        headers: { location: `${query.get("redirect_uri")}?error=invalid_request` },
      }),
    ),
  },
  {
    name: "the error page links to an unchecked address",
    check: "authorize.redirect",
    cause: /The error page links/,
    fix: /without a link/,
    fault: instead(
      (asked) => isAuthorize(asked) && (asked.query.get("redirect_uri") ?? "").includes("attacker"),
      ({ query }) => page(`<a href="${query.get("redirect_uri")}">Back</a>`, 400),
    ),
  },
  {
    name: "iss is promised and not sent",
    check: "authorize.iss",
    cause: /iss=\(none\), although the metadata promises/,
    fix: /do not advertise/,
    fault: rewrittenHeader(isAuthorize, "location", (value) => value.replace(/&iss=[^&]*/, "")),
  },
  {
    name: "a loopback address is good with one port only",
    check: "authorize.port",
    cause: /another port is refused/,
    fix: /without their port/,
    fault: instead(
      (asked) => isAuthorize(asked) && (asked.query.get("redirect_uri") ?? "").includes(":49153"),
      () => page("<p>Wrong address</p>", 400),
    ),
  },
  {
    name: "an empty scope is refused",
    check: "authorize.empty_scope",
    cause: /ChatGPT sends it so at times: 400 No scope/,
    fix: /as if none were sent/,
    fault: instead(
      (asked) => isAuthorize(asked) && asked.query.get("scope") === "",
      () => page("<p>No scope</p>", 400),
    ),
  },
  {
    name: "a listed scope may not be asked for",
    check: "authorize.every_scope",
    cause: /all of scopes_supported is refused/,
    fix: /leave out the others/,
    fault: instead(
      (asked) => isAuthorize(asked) && (asked.query.get("scope") ?? "").includes("offline_access"),
      () => page("<p>Not allowed</p>", 400),
    ),
  },
  {
    name: "a bad code breaks the server",
    check: "token.code",
    cause: /A code that does not exist is answered .*500/,
    fix: /invalid_grant/,
    fault: instead(asksFor("authorization_code"), () => json(500, { error: "server_error" })),
  },
  {
    name: "a dead refresh token is called an invalid token",
    check: "token.refresh",
    cause: /tries for ever/,
    fix: /invalid_grant/,
    fault: changed(asksFor("refresh_token"), (reply) => {
      if (reply.status === 400) Object.assign(reply, json(401, { error: "invalid_token" }));
    }),
  },
  {
    name: "answers of the token endpoint may be kept",
    check: "token.no_store",
    cause: /no Cache-Control: no-store/,
    fix: /no proxy remove it/,
    fault: without(isToken, "cache-control"),
  },
  {
    name: "an answer is as large as a page",
    check: "cost.size",
    cause: /bytes/,
    fix: /page in place of a document/,
    fault: changed(isServer, (reply) => void (reply.body += " ".repeat(100_000))),
  },
];

/** Faults that show only once somebody links. */
export const plantedInLinks: readonly Planted[] = [
  {
    name: "the answer to the client names another server",
    check: "link.approved",
    cause: /iss=https:\/\/elsewhere\.example in place of/,
    fix: /letter by letter/,
    fault: changed(
      (asked) => isAuthorize(asked) && posts(asked),
      (reply) => {
        reply.body = reply.body.replace(/iss=[^"&]*/, "iss=https%3A%2F%2Felsewhere.example");
      },
    ),
  },
  {
    name: "a link gets no refresh token",
    check: "link.token",
    cause: /no refresh_token/,
    fix: /RFC 6749/,
    fault: members(asksFor("authorization_code"), { refresh_token: undefined }),
  },
  {
    name: "codes lie in the memory of another process",
    check: "link.token",
    cause: /The code was not exchanged: .*invalid_grant/,
    fix: /memory of another process/,
    fault: instead(asksFor("authorization_code"), () => json(400, { error: "invalid_grant" })),
  },
  {
    name: "the key that signs is not published",
    check: "link.signature",
    cause: /does not verify with the published keys/,
    fix: /before it signs/,
    fault: rewritten(ending("jwks"), () => ({ keys: [{ kty: "oct", kid: "another", use: "sig" }] })),
  },
  {
    name: "a good token does not open",
    check: "link.call",
    cause: /A call with the new token is answered .*403/,
    fix: /audience/,
    fault: instead(
      (asked) => isMcp(asked) && asked.headers.authorization?.startsWith("Bearer eyJ") === true,
      () => json(403, { error: "audience" }),
    ),
  },
  {
    name: "of refreshes at once one wins",
    check: "link.refresh",
    cause: /Of 3 refreshes at once 2 failed \(invalid_grant\)/,
    fix: /some seconds/,
    fault: oneWins(),
  },
  {
    name: "a revoked link goes on until its token expires",
    check: "link.revoke",
    cause: /stays good until it expires/,
    fix: /on every call/,
    fault: instead(at("/revoke"), () => ({ status: 200 })),
  },
  {
    name: "old refresh tokens stay good",
    check: "link.old_refresh",
    cause: /two refreshes ago is still good/,
    fix: /invalid_grant/,
    fault: changed(asksFor("refresh_token"), (reply, asked) => {
      if (reply.status !== 400 || !new URLSearchParams(asked.body).get("refresh_token")?.startsWith("rt_")) return;
      Object.assign(reply, json(200, { access_token: "a-token-of-the-test", refresh_token: "another-of-the-test" }));
    }),
  },
];

/** Every refresh token is good for its first use alone. */
function oneWins(): Fault {
  const used = new Set<string>();
  return async (asked, real) => {
    const token = new URLSearchParams(asked.body).get("refresh_token") ?? "";
    if (!asksFor("refresh_token")(asked) || token === "no-such-token") return real();
    const isFirst = !used.has(token);
    used.add(token);
    return isFirst
      ? real()
      : { status: 400, headers: { "content-type": "application/json" }, body: '{"error":"invalid_grant"}' };
  };
}
