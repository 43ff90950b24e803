import {
  type Planted,
  at,
  ending,
  isResource,
  isServer,
  isToken,
  isAuthorize,
  asksFor,
  instead,
  changed,
  without,
  rewrittenHeader,
  json,
  page,
  asIf,
  said,
  isForeign,
  builtFrom,
} from "./plant.ts";

/** Faults that show when a client registers and asks. */
export const authorizationFaults: readonly Planted[] = [
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
