import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { errorResponse } from "../http/errors.ts";
import { createRoutes, type HttpEnv, type RequestContext, type Routes } from "../http/router.ts";
import { AppError } from "../kernel/errors.ts";
import { linkChannelOf } from "./link-channel.ts";
import { openidMetadata, resourceMetadata, type ServerFacts, serverMetadata } from "./metadata.ts";
import type { SigningKeys } from "./signing-keys.ts";

type Handler = (c: RequestContext) => Response | Promise<Response>;

/** The handlers of the endpoints, each already holding its parts. */
export interface Endpoints {
  /** Told of each request for a discovery document. */
  readonly discovered: (c: RequestContext) => void;
  readonly register: Handler;
  readonly authorize: Handler;
  readonly decide: Handler;
  readonly consentDetails: Handler;
  readonly token: Handler;
  readonly revoke: Handler;
  readonly introspect: Handler;
  readonly userinfo: Handler;
  readonly privyAccessToken: Handler;
  /** The first stack's addresses. */
  readonly connector: Readonly<Record<"authorize" | "request" | "exchange" | "token" | "userinfo", Handler>>;
}

const preflight = cors({
  origin: "*",
  allowMethods: ["GET", "POST", "OPTIONS"],
  allowHeaders: ["authorization", "content-type", "mcp-protocol-version"],
  maxAge: 3600,
});

/** Clients in a browser read metadata and use the direct endpoints; none of these looks at a cookie. */
const anyOrigin = createMiddleware<HttpEnv>(async (c, next) => {
  if (c.req.method === "OPTIONS") return preflight(c, next);
  await next();
  // Afterwards: what is set before there is an answer has the answer made anew, which costs more than a statement.
  c.res.headers.set("access-control-allow-origin", "*");
  c.res.headers.set("access-control-expose-headers", "www-authenticate,retry-after");
  return undefined;
});

/** Our own page hears the house's error codes; the protocol's endpoints, wherever they lie, speak the protocol's. */
const spellingOf = (path: string) => (path === "/api/consent" ? "house" : "oauth");

const refuseMethod =
  (allowed: string) =>
  (c: RequestContext): Response => {
    const error = new AppError("method_not_allowed", `This address answers ${allowed}.`);
    const response = errorResponse(c, error, spellingOf(c.req.path));
    response.headers.set("allow", allowed);
    return response;
  };

/** Where discovery documents lie: the root, and below the two addresses where some hosts look instead. */
const PLACES = ["", "/mcp", "/token"] as const;

function metadataRoutes(routes: Routes, facts: ServerFacts, keys: SigningKeys): void {
  const { baseUrl } = facts;
  const publish = (path: string, document: () => object | Promise<object>): void => {
    routes.use(path, anyOrigin);
    routes.get(path, async (c) => c.json(await document(), 200, { "cache-control": "public, max-age=300" }));
    routes.all(path, refuseMethod("GET, HEAD, OPTIONS"));
  };
  for (const place of PLACES) {
    const wellKnown = `${place}/.well-known`;
    publish(`${wellKnown}/oauth-authorization-server`, () => serverMetadata(facts));
    publish(`${wellKnown}/oauth-authorization-server/mcp`, () => serverMetadata(facts));
    publish(`${wellKnown}/openid-configuration`, () => openidMetadata(facts));
    publish(`${wellKnown}/openid-configuration/mcp`, () => openidMetadata(facts));
    publish(`${wellKnown}/oauth-protected-resource`, () => resourceMetadata(baseUrl, place === "/mcp" ? "/mcp" : ""));
    publish(`${wellKnown}/oauth-protected-resource/mcp`, () => resourceMetadata(baseUrl, "/mcp"));
    publish(`${wellKnown}/oauth-protected-resource/mcp/`, () => resourceMetadata(baseUrl, "/mcp/"));
    publish(`${wellKnown}/jwks.json`, () => keys.published());
  }
}

/** An address of a channel that has none is no address at all, whatever it is asked. */
const knownChannel = createMiddleware<HttpEnv>(async (c, next) => {
  linkChannelOf(c);
  await next();
});

function directRoutes(routes: Routes, endpoints: Endpoints): void {
  const direct = {
    "/register": endpoints.register,
    "/api/mcp/dcr/register": endpoints.register,
    "/token": endpoints.token,
    "/oauth/:channel/token": endpoints.token,
    "/revoke": endpoints.revoke,
    "/introspect": endpoints.introspect,
    "/token/introspect": endpoints.introspect,
    "/token/privy/access-token": endpoints.privyAccessToken,
    "/api/connector/oauth/token": endpoints.connector.token,
  };
  routes.use("/oauth/:channel/token", knownChannel);
  for (const [path, handler] of Object.entries(direct)) {
    routes.use(path, anyOrigin);
    routes.post(path, handler);
    routes.all(path, refuseMethod("POST, OPTIONS"));
  }
  const readable = { "/userinfo": endpoints.userinfo, "/api/connector/oauth/userinfo": endpoints.connector.userinfo };
  for (const [path, handler] of Object.entries(readable)) {
    routes.use(path, anyOrigin);
    routes.on(["GET", "POST"], path, handler);
    routes.all(path, refuseMethod("GET, HEAD, POST, OPTIONS"));
  }
}

function browserRoutes(routes: Routes, endpoints: Endpoints): void {
  routes.use("/oauth/:channel/authorize", knownChannel);
  for (const path of ["/authorize", "/oauth/:channel/authorize"]) {
    routes.get(path, endpoints.authorize);
    routes.post(path, endpoints.decide);
    routes.all(path, refuseMethod("GET, HEAD, POST"));
  }
  routes.post("/authorize/complete", endpoints.decide);
  routes.all("/authorize/complete", refuseMethod("POST"));
  routes.get("/api/connector/oauth/authorize", endpoints.connector.authorize);
  routes.get("/api/connector/oauth/request", endpoints.connector.request);
  for (const path of ["authorize", "request"]) routes.all(`/api/connector/oauth/${path}`, refuseMethod("GET, HEAD"));
  routes.post("/api/connector/oauth/exchange", endpoints.connector.exchange);
  routes.all("/api/connector/oauth/exchange", refuseMethod("POST"));
  routes.get("/api/consent", endpoints.consentDetails);
  routes.all("/api/consent", refuseMethod("GET, HEAD"));
}

/** A client that sent a password in the `Authorization` header is refused in that header's scheme (RFC 6749 §5.2). */
const isRefusedBasic = (error: AppError, c: RequestContext): boolean =>
  error.code === "invalid_client" && /^basic /i.test(c.req.header("authorization") ?? "");

/** Looking at what this server is, is the first step of linking. The keys are asked for by those who have linked. */
const watchDiscovery = (routes: Routes, discovered: Endpoints["discovered"]): void => {
  for (const place of PLACES) {
    routes.use(`${place}/.well-known/*`, async (c, next) => {
      await next();
      if (c.req.method === "GET" && !c.req.path.endsWith("/jwks.json")) discovered(c);
    });
  }
};

/** Every address of the authorization server. What was not foreseen is thrown on, to be logged and answered once. */
export function oauthRoutes(facts: ServerFacts, keys: SigningKeys, endpoints: Endpoints): Routes {
  const routes = createRoutes();
  watchDiscovery(routes, endpoints.discovered);
  metadataRoutes(routes, facts, keys);
  directRoutes(routes, endpoints);
  browserRoutes(routes, endpoints);
  routes.onError((error, c) => {
    if (!(error instanceof AppError)) throw error;
    const response = errorResponse(c, error, spellingOf(c.req.path));
    if (isRefusedBasic(error, c)) response.headers.set("www-authenticate", `Basic realm="${facts.baseUrl}"`);
    return response;
  });
  return routes;
}
