import { ProtocolError, SERVER_INFO_META_KEY } from "@modelcontextprotocol/server";
import type { RequestContext } from "../../http/router.ts";
import { callTool, type McpRequest, type McpServerParts, serverInfo } from "./mcp-server.ts";
import { plainCallOf } from "./plain-call.ts";

/** Answers a plain call; null for any other request. */
export type PlainCalls = (c: RequestContext, request: McpRequest, body: string) => Promise<Response | null>;

/** A fault of the request is a JSON-RPC error (JSON-RPC 2.0 §5.1), which the transport carries like any answer. */
function faultOf(thrown: unknown): { error: { code: number; message: string; data?: unknown } } {
  if (!(thrown instanceof ProtocolError)) throw thrown;
  const { code, message, data } = thrown;
  return { error: { code, message, ...(data === undefined ? {} : { data }) } };
}

/** `tools/call` without a protocol server of its own, letter for letter as the SDK answers it. */
export function createPlainCalls(parts: McpServerParts): PlainCalls {
  const names = new Set(parts.tools.map((tool) => tool.name));
  const stamp = { [SERVER_INFO_META_KEY]: serverInfo(parts.version) };
  return async (c, request, body) => {
    const call = plainCallOf(c, body);
    if (!call || !names.has(call.name)) return null;
    const outcome = await callTool(parts, request, call, c.req.raw.signal).then(
      ({ _meta, ...result }) => ({ result: { _meta: { ..._meta, ...stamp }, ...result, resultType: "complete" } }),
      faultOf,
    );
    return Response.json({ ...outcome, jsonrpc: "2.0", id: call.id });
  };
}
