import { bearerChallenge } from "../../http/bearer.ts";
import { readText } from "../../http/body.ts";
import { errorBody, errorResponse } from "../../http/errors.ts";
import { type OriginPolicy, requireAllowedOrigin } from "../../http/guards.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { type AppError, asAppError, errorTable } from "../../kernel/errors.ts";
import type { Channel, Principal } from "../../kernel/principal.ts";
import type { McpRequest, McpServerParts } from "./mcp-server.ts";
import { createProtocol } from "./protocol.ts";

/** The hosts that the emulator stands in for. */
export const emulatedHosts = ["chatgpt", "claude", "mcp"] as const satisfies readonly Channel[];
export type EmulatedHost = (typeof emulatedHosts)[number];

/** What the channel is made from. */
export interface McpChannelParts extends McpServerParts {
  readonly baseUrl: string;
  readonly origins: OriginPolicy;
  /** @throws AppError `authentication_required` or `invalid_token`. */
  authenticate(request: Request): Promise<Principal>;
  /**
   * The signed-in person, as if this host called for them: for the emulator.
   * @throws AppError `authentication_required`.
   */
  emulate(request: Request, host: EmulatedHost): Promise<Principal>;
}

/** Bytes of one request: four sections of 100 kB each and room for escapes. */
const BODY_LIMIT = 1024 * 1024;

const CORS = {
  "access-control-allow-methods": "POST, GET, DELETE, OPTIONS",
  "access-control-allow-headers":
    "authorization, content-type, accept, idempotency-key, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, last-event-id",
  "access-control-expose-headers": "www-authenticate, mcp-session-id, x-request-id",
  "access-control-max-age": "600",
  vary: "origin",
};

/** Browser clients of allowed origins may read the answer; no cookie is ever taken here, so none is allowed. */
function withCors(c: RequestContext, response: Response): Response {
  const origin = c.req.header("origin");
  if (origin === undefined) return response;
  for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
  response.headers.set("access-control-allow-origin", origin);
  return response;
}

/** Both spellings of the address; clients compare the resource with the one that was typed (RFC 9728 §3.3). */
type Place = "/mcp" | "/mcp/";

const placeOf = (c: RequestContext): Place => (c.req.path === "/mcp/" ? "/mcp/" : "/mcp");

/** `WWW-Authenticate` for an error; without a token there is nothing to call an error (RFC 6750 §3.1). */
function challengeFor(baseUrl: string, place: Place, error: AppError): string {
  const needed = error.details["scope"];
  return bearerChallenge({
    resourceMetadata: `${baseUrl}/.well-known/oauth-protected-resource${place}`,
    scope: typeof needed === "string" ? needed : "read write profile",
    ...(error.code === "authentication_required" ? {} : { errorDescription: `${error.message} ${error.next}` }),
    ...(error.code === "invalid_token" || error.code === "relink_required" ? { error: "invalid_token" } : {}),
    ...(error.code === "insufficient_scope" ? { error: "insufficient_scope" } : {}),
  });
}

/** 401 and 403 with the challenge in the header, and in the body where ChatGPT looks for it. */
function challengeResponse(c: RequestContext, baseUrl: string, error: AppError): Response {
  const challenge = challengeFor(baseUrl, placeOf(c), error);
  return Response.json(
    { ...errorBody(error, c.get("requestId")), _meta: { "mcp/www_authenticate": [challenge] } },
    { status: errorTable[error.code].http, headers: { "www-authenticate": challenge, "cache-control": "no-store" } },
  );
}

/** The body, read before the SDK sees it: the SDK would cancel an oversized one, and the sender never learn why. */
const bodyOf = async (request: Request): Promise<string | null> =>
  request.method === "POST" ? readText(request, BODY_LIMIT) : null;

/** Several messages in one request (JSON-RPC 2.0 §6): one status cannot speak for all of them. */
const isBatch = (body: string | null): boolean => body?.trimStart().startsWith("[") === true;

/**
 * MCP over one stateless address (protocol 2026-07-28 and the 2025 revisions): every request carries its bearer, and
 * the live grant behind it is looked up every time. No session id is ever an identity.
 */
export function createMcpChannel(parts: McpChannelParts): Routes {
  const answerOf = createProtocol(parts, BODY_LIMIT);

  async function serve(c: RequestContext, principal: Principal): Promise<Response> {
    let refused: AppError | undefined;
    const body = await bodyOf(c.req.raw);
    const request: McpRequest = {
      principal,
      requestId: c.get("requestId"),
      operationId: c.req.header("idempotency-key"),
      mcpUrl: `${parts.baseUrl}${placeOf(c)}`,
      refusedForLink: (error) => (refused = error),
      challenge: (error) => challengeFor(parts.baseUrl, placeOf(c), error),
    };
    const response = await answerOf(c, request, body);
    // ChatGPT opens its dialog on the challenge inside a tool result; the others link again on a 401 and step up on a
    // 403 (MCP authorization).
    const byStatus = principal.channel !== "chatgpt" && !isBatch(body);
    return refused && byStatus ? challengeResponse(c, parts.baseUrl, refused) : response;
  }

  const guarded = async (c: RequestContext): Promise<Response> => {
    requireAllowedOrigin(c, parts.origins);
    if (c.req.method === "OPTIONS") return withCors(c, new Response(null, { status: 204 }));
    const answer = async (): Promise<Response> => serve(c, await parts.authenticate(c.req.raw));
    const response = await answer().catch((thrown: unknown) => {
      const error = asAppError(thrown);
      if (error.code === "internal") parts.report(error, c.get("requestId"));
      return errorTable[error.code].http === 401 ? challengeResponse(c, parts.baseUrl, error) : errorResponse(c, error);
    });
    return withCors(c, response);
  };

  const routes = createRoutes();
  routes.all("/mcp", guarded);
  routes.all("/mcp/", guarded);
  for (const host of emulatedHosts) {
    routes.post(`/api/emulator/${host}/mcp`, async (c) => {
      requireSameOrigin(c.req.raw, parts.baseUrl);
      return serve(c, await parts.emulate(c.req.raw, host));
    });
  }
  return routes;
}
