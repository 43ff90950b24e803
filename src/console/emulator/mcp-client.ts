import type { Guard } from "../../ui/guards.ts";
import type { HostKind } from "../../ui/emulated-host/host-kinds.ts";
import { ApiError } from "../api.ts";
import { isErrorAnswer } from "../contract.ts";
import {
  type CallAnswer,
  type Fields,
  type ListedTool,
  type ResourceContents,
  isCallAnswer,
  isResourceAnswer,
  isRpcFailure,
  isRpcSuccess,
  isToolList,
} from "./mcp-messages.ts";
import type { MessageLog } from "./message-log.ts";

const REVISION = "2026-07-28";
const APP_PAGE = "text/html;profile=mcp-app";

/** Where each kind of host reaches the server, for the signed-in person. */
const addresses: Readonly<Record<HostKind, string>> = {
  chatgpt: "/api/emulator/chatgpt/mcp",
  claude: "/api/emulator/claude/mcp",
  "mcp-apps": "/api/emulator/mcp/mcp",
};

/** Stands in every request (MCP 2026-07-28, basic): there is no session that would remember it. */
const envelope = {
  "io.modelcontextprotocol/protocolVersion": REVISION,
  "io.modelcontextprotocol/clientInfo": { name: "bellhop-emulator", title: "Emulator", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {
    extensions: { "io.modelcontextprotocol/ui": { mimeTypes: [APP_PAGE] } },
  },
};

/** An answer, and what to quote about it. */
export interface Answered<T> {
  readonly result: T;
  /** The server's name for the request. */
  readonly requestId: string | null;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** The server as a host sees it. Every call rejects with {@link ApiError}, or with `AbortError` when it was stopped. */
export interface McpClient {
  listTools(signal?: AbortSignal): Promise<readonly ListedTool[]>;
  callTool(name: string, args: Fields, signal?: AbortSignal): Promise<Answered<CallAnswer>>;
  /** @throws ApiError `page_missing` when the answer holds no page. */
  readPage(uri: string, signal?: AbortSignal): Promise<ResourceContents>;
}

interface ClientParts {
  readonly host: HostKind;
  /** `fetch`, or a stand-in. */
  readonly send: (path: string, init: RequestInit) => Promise<Response>;
  readonly log: MessageLog;
  /** A clock for how long things take, in milliseconds. */
  readonly now: () => number;
}

interface Request {
  readonly method: string;
  readonly params: Fields;
  /** What the request is about: the tool or the address (`Mcp-Name`). */
  readonly name?: string;
  readonly signal?: AbortSignal | undefined;
}

const isPlain = (value: string): boolean => /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);

const looksEncoded = (value: string): boolean => value.startsWith("=?base64?") && value.endsWith("?=");

/** A name as a header may carry it: what is not plain ASCII goes in Base64 (MCP 2026-07-28, basic/transports). */
function headerValue(value: string): string {
  if (isPlain(value) && !looksEncoded(value)) return value;
  const bytes = new TextEncoder().encode(value);
  return `=?base64?${btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""))}?=`;
}

function initOf(message: object, { method, name, signal }: Request): RequestInit {
  return {
    method: "POST",
    credentials: "same-origin",
    cache: "no-store",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": REVISION,
      "mcp-method": method,
      ...(name === undefined ? {} : { "mcp-name": headerValue(name) }),
    },
    body: JSON.stringify(message),
    signal: signal ?? null,
  };
}

function trouble(message: string, code: string, status: number, requestId: string | null, next: string): ApiError {
  return new ApiError(message, { code, next, status, requestId, retryAfter: null });
}

/** The result of an answer, or the error that it is. */
function resultOf<T>(body: unknown, guard: Guard<T>, status: number, requestId: string | null): T {
  if (isErrorAnswer(body))
    throw trouble(body.error_description, body.error, status, body.request_id ?? requestId, body.next ?? "");
  if (isRpcFailure(body)) throw trouble(body.error.message, String(body.error.code), status, requestId, "");
  if (isRpcSuccess(body) && guard(body.result)) return body.result;
  const next = "Load the page again. It may be older than the server.";
  throw trouble(
    "The server answered in a form that this page does not know.",
    "strange_answer",
    status,
    requestId,
    next,
  );
}

/** How an answer ended, in a word; nothing where it went well. */
function endOf(body: unknown, status: number): string {
  if (isRpcFailure(body)) return `error ${body.error.code}`;
  if (!isRpcSuccess(body)) return `error ${status}`;
  return body.result["isError"] === true ? "failed" : "";
}

/** One exchange, and both its messages in the log. */
function createExchange({ host, send, log, now }: ClientParts) {
  let last = 0;
  return async function exchange<T>(request: Request, guard: Guard<T>): Promise<Answered<T>> {
    const { method, params, name } = request;
    const title = name === undefined ? method : `${method} ${name}`;
    last += 1;
    const message = { jsonrpc: "2.0", id: last, method, params: { ...params, _meta: envelope } };
    log.record({ from: "host", to: "server", title, note: "", message });
    const began = now();
    const response = await send(addresses[host], initOf(message, request)).catch((thrown: unknown) => {
      const stopped = request.signal?.aborted === true;
      log.record({ from: "server", to: "host", title, note: stopped ? "stopped" : "no answer", message: null });
      throw stopped
        ? thrown
        : trouble("The server did not answer.", "no_answer", 0, null, "Check that it is running, then try again.");
    });
    const body: unknown = await response.json().catch(() => undefined);
    const ms = Math.round(now() - began);
    const note = [endOf(body, response.status), `${ms} ms`].filter(Boolean).join(", ");
    log.record({ from: "server", to: "host", title, note, message: body ?? null });
    const requestId = response.headers.get("x-request-id");
    return { result: resultOf(body, guard, response.status, requestId), requestId, ms };
  };
}

/** The server's MCP entrance for the signed-in person, through one kind of host. */
export function createMcpClient(parts: ClientParts): McpClient {
  const exchange = createExchange(parts);
  return {
    listTools: async (signal) =>
      (await exchange({ method: "tools/list", params: {}, signal }, isToolList)).result.tools,
    callTool: (name, args, signal) =>
      exchange({ method: "tools/call", params: { name, arguments: args }, name, signal }, isCallAnswer),
    async readPage(uri, signal) {
      const request = { method: "resources/read", params: { uri }, name: uri, signal };
      const { result, requestId } = await exchange(request, isResourceAnswer);
      const page = result.contents.find(({ text }) => text !== undefined);
      if (page) return page;
      throw trouble("The answer holds no page.", "page_missing", 200, requestId, "Look at the server’s answer below.");
    },
  };
}
