import { type AuthInfo, createMcpHandler } from "@modelcontextprotocol/server";
import type { RequestContext } from "../../http/router.ts";
import { createMcpServer, type McpRequest, type McpServerParts } from "./mcp-server.ts";
import { createPlainCalls } from "./plain-call-answer.ts";
import { STREAMLESS } from "./plain-call.ts";

/** Answers one request whose caller is known, and whose body was read. */
type Protocol = (c: RequestContext, request: McpRequest, body: string | null) => Promise<Response>;

const withBody = ({ url, method, headers, signal }: Request, body: string | null): Request =>
  new Request(url, { method, headers, signal, ...(body === null ? {} : { body }) });

/**
 * The answer once its call has ended. For the 2025 revisions the SDK answers with a stream before the tool has run, and
 * a refusal for scope must still become a 403, one for a dead sign-in a 401; nothing else is ever sent on that stream, so
 * waiting loses nothing.
 */
async function settled(c: RequestContext, response: Response): Promise<Response> {
  if (c.req.method !== "POST" || c.req.header("mcp-protocol-version") === STREAMLESS) return response;
  return new Response(response.body && (await response.text()), { status: response.status, headers: response.headers });
}

/**
 * The whole protocol. The SDK knows every message of every revision, and makes a server for each; the one that matters
 * most needs none.
 * @param bodyLimit bytes of a request.
 */
export function createProtocol(parts: McpServerParts, bodyLimit: number): Protocol {
  // The handler passes the authInfo object through as it is, so the object itself finds the request that it came with.
  const requests = new WeakMap<AuthInfo, McpRequest>();
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const request = authInfo && requests.get(authInfo);
      if (!request) throw new Error("A protocol server was asked for outside a request.");
      return createMcpServer(parts, request);
    },
    { maxRequestBodySize: bodyLimit },
  );
  const plainCalls = createPlainCalls(parts);
  return async (c, request, body) => {
    const plain = body === null ? null : await plainCalls(c, request, body);
    if (plain) return plain;
    const { principal } = request;
    const authInfo: AuthInfo = { token: "", clientId: principal.clientId, scopes: [...principal.scopes] };
    requests.set(authInfo, request);
    return settled(c, await handler.fetch(withBody(c.req.raw, body), { authInfo }));
  };
}
