import { type CallToolResult, ProtocolError, Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import { type AppError, type ErrorCode, asAppError, errorTable } from "../../kernel/errors.ts";
import type { Invoke } from "../../kernel/call.ts";
import { reachable } from "../../kernel/policy.ts";
import { OPERATION_META } from "../../kernel/operation-id.ts";
import type { Principal } from "../../kernel/principal.ts";
import { describeTool, type ListedTool } from "./tool-list.ts";
import { answerResult, errorResult } from "./tool-result.ts";
import { listWidgets, readWidget, type WidgetSource } from "./widgets.ts";

/** The facts of one HTTP request that the protocol server works with. */
export interface McpRequest {
  readonly principal: Principal;
  readonly requestId: string;
  /** The header `Idempotency-Key`. */
  readonly operationId: string | undefined;
  /** The address of this endpoint, spelled as the client spells it. */
  readonly mcpUrl: string;
  /** Called when a call needs a new link, or scopes that were not granted: how it is told depends on the host. */
  readonly refusedForLink: (error: AppError) => void;
  /** The `WWW-Authenticate` value for an error. */
  readonly challenge: (error: AppError) => string;
}

/** What every request is served from. */
export interface McpServerParts {
  readonly version: string;
  readonly instructions: string;
  readonly tools: readonly ListedTool[];
  readonly widgets: WidgetSource;
  readonly invoke: Invoke;
  /** Told of every error that was not foreseen. */
  readonly report: (error: AppError, requestId: string) => void;
}

// Given with the handler, so that wrong params are answered -32602: the SDK's own parse answers -32603 (internal).
// Arguments go on as they are: the tool's own schema refuses them, with a receipt.
const callParams = z.object({
  name: z.string(),
  arguments: z.unknown().optional(),
  _meta: z.looseObject({}).optional(),
});
const readParams = z.object({ uri: z.string() });

/** How long a host may keep a list, in milliseconds. Lists differ by person, so no shared cache may. */
const LIST_CACHE = { ttlMs: 5 * 60_000, cacheScope: "private" } as const;

const protocolError = (error: AppError, data: Readonly<Record<string, string>>): ProtocolError =>
  new ProtocolError(errorTable[error.code].jsonRpc, `${error.message} ${error.next}`, data);

type Meta = Readonly<Record<string, unknown>> | undefined;

/** Errors that only linking mends: with more scopes, or with a new sign-in at the provider behind. */
const NEEDS_LINK: ReadonlySet<ErrorCode> = new Set(["insufficient_scope", "relink_required"]);

/**
 * Calls the one door and encodes what comes out.
 * @throws ProtocolError for a name that no tool has, and when not even a receipt could be committed.
 */
export async function callTool(
  parts: McpServerParts,
  request: McpRequest,
  { name, input, meta }: { readonly name: string; readonly input: unknown; readonly meta: Meta },
  signal: AbortSignal,
): Promise<CallToolResult> {
  const { principal, requestId } = request;
  const operationId = { header: request.operationId, meta: meta?.[OPERATION_META] };
  const result = await parts
    .invoke({ name, input, principal, requestId, operationId, signal })
    .catch((thrown: unknown) => {
      // Not even a receipt could be committed. What broke goes to the log; the caller gets our sentence, not the cause's.
      const error = asAppError(thrown);
      parts.report(error, requestId);
      throw protocolError(error, { requestId });
    });
  if (result.ok) return answerResult(result.answer, result.receiptId);
  const { error, receiptId } = result;
  // An unknown name is a fault of the request, not of a tool (MCP server/tools, Error Handling).
  if (error.code === "unknown_tool") throw protocolError(error, { requestId, receiptId });
  if (!NEEDS_LINK.has(error.code)) return errorResult(error, receiptId, requestId);
  request.refusedForLink(error);
  return errorResult(error, receiptId, requestId, request.challenge(error));
}

/** How this server names itself. */
export const serverInfo = (version: string) => ({ name: "bellhop", title: "Bellhop", version });

/** A protocol server for one request: it holds no state, so a restart loses nothing. */
export function createMcpServer(parts: McpServerParts, request: McpRequest): Server {
  const server = new Server(serverInfo(parts.version), {
    capabilities: { tools: {}, resources: {} },
    instructions: parts.instructions,
    cacheHints: {
      "tools/list": LIST_CACHE,
      "resources/list": LIST_CACHE,
      "resources/read": LIST_CACHE,
      "server/discover": { ttlMs: 60 * 60_000, cacheScope: "public" },
    },
  });
  server.setRequestHandler("tools/list", () => ({
    tools: parts.tools
      .filter((tool) => reachable(tool, request.principal))
      .map((tool) => describeTool(tool, parts.widgets)),
  }));
  server.setRequestHandler("tools/call", { params: callParams }, ({ name, arguments: input, _meta: meta }, ctx) =>
    callTool(parts, request, { name, input, meta }, ctx.mcpReq.signal),
  );
  server.setRequestHandler("resources/list", () => ({ resources: listWidgets(parts.widgets) }));
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: [] }));
  server.setRequestHandler("resources/read", { params: readParams }, ({ uri }) =>
    readWidget(parts.widgets, uri, { channel: request.principal.channel, mcpUrl: request.mcpUrl }),
  );
  return server;
}
