import type {
  McpUiAppCapabilities,
  McpUiHostContextChangedNotification,
  McpUiInitializedNotification,
  McpUiInitializeRequest,
  McpUiMessageRequest,
  McpUiOpenLinkRequest,
  McpUiRequestDisplayModeRequest,
  McpUiResourceTeardownRequest,
  McpUiSizeChangedNotification,
  McpUiToolCancelledNotification,
  McpUiToolInputNotification,
  McpUiToolResultNotification,
  McpUiUpdateModelContextRequest,
} from "@modelcontextprotocol/ext-apps";
import { isNumber, isObject, isText } from "./guards.ts";
import { followLook } from "./host-look.ts";
import type { HostStore } from "./host-state.ts";
import { reportSize } from "./report-size.ts";
import { toolAnswerOf } from "./tool-answer.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a widget may ask its host (MCP Apps, "Requests (View → Host)"). */
type Request =
  | McpUiInitializeRequest
  | McpUiOpenLinkRequest
  | McpUiRequestDisplayModeRequest
  | McpUiMessageRequest
  | McpUiUpdateModelContextRequest
  | { readonly method: "tools/call"; readonly params: { readonly name: string; readonly arguments: Fields } };

type OwnNotification = McpUiInitializedNotification | McpUiSizeChangedNotification;

type HostNotification =
  | McpUiToolInputNotification
  | McpUiToolResultNotification
  | McpUiToolCancelledNotification
  | McpUiHostContextChangedNotification;

type HostRequest = McpUiResourceTeardownRequest | { readonly method: "ping" };

/** The revision that the messages follow (SEP-1865, stable 2026-01-26). */
const MCP_APPS = "2026-01-26";
/** JSON-RPC 2.0 §5.1. */
const METHOD_NOT_FOUND = -32601;

const CAPABILITIES: McpUiAppCapabilities = { availableDisplayModes: ["inline", "fullscreen"] };

/** JSON-RPC with the parent window. */
export interface McpApps {
  /** True once the host has answered `ui/initialize`. */
  ready(): boolean;
  /** Whether the host said that it offers this. */
  offers(capability: string): boolean;
  /** Resolves to the result, as late as the host sends it. @throws Error with the host's own words when it refuses. */
  request(request: Request): Promise<unknown>;
}

const refusal = (error: unknown): Error =>
  new Error(isObject(error) && isText(error["message"]) ? error["message"] : "The host refused.");

/** Requests on their way. Each is settled by its first answer; a second one finds nobody waiting. */
function createRequests(post: (message: object) => void) {
  const waiting = new Map<unknown, { resolve(result: unknown): void; reject(reason: Error): void }>();
  let last = 0;
  return {
    request(request: Request): Promise<unknown> {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      last += 1;
      waiting.set(last, { resolve, reject });
      post({ id: last, ...request });
      return promise;
    },
    settle({ id, result, error }: Fields): void {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) asked?.resolve(result);
      else asked?.reject(refusal(error));
    },
  };
}

/** What the host tells or asks of its own accord. */
function listeners(frame: Window, store: HostStore) {
  const notifications: Readonly<Record<HostNotification["method"], (params: Fields) => void>> = {
    "ui/notifications/tool-input": (params) => store.set({ toolInput: params["arguments"] ?? {} }),
    "ui/notifications/tool-result"(params) {
      const answer = toolAnswerOf(params);
      if (answer) store.set({ phase: "answered", answer, toolOutput: params });
    },
    "ui/notifications/tool-cancelled"() {
      if (store.get().phase === "waiting") store.set({ phase: "cancelled" });
    },
    "ui/notifications/host-context-changed": (params) => followLook(frame.document.documentElement, store, params),
  };
  // All that is worth keeping is kept when it happens, so there is nothing left to do at the end.
  const requests: Readonly<Record<HostRequest["method"], Fields>> = { ping: {}, "ui/resource-teardown": {} };
  return {
    notifications: new Map(Object.entries(notifications)),
    requests: new Map(Object.entries(requests)),
  };
}

/**
 * Speaks MCP Apps with the parent window: our handshake, then its notifications and requests. Only messages of the
 * parent are heard.
 * @param name for the host's own records.
 */
export function connectMcpApps(frame: Window, store: HostStore, name: string): McpApps {
  // The host's origin is not known to a sandboxed page, and nothing secret is ever sent.
  const post = (message: object): void => frame.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const notify = (notification: OwnNotification): void => post(notification);
  const { request, settle } = createRequests(post);
  const { notifications, requests } = listeners(frame, store);
  let capabilities: Fields | null = null;

  frame.addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
    if (source !== frame.parent || !isObject(data) || data["jsonrpc"] !== "2.0") return;
    const { id, method, params = {} } = data;
    if (!isText(method)) return settle(data);
    if (!isText(id) && !isNumber(id)) return isObject(params) ? notifications.get(method)?.(params) : undefined;
    const result = requests.get(method);
    post(result ? { id, result } : { id, error: { code: METHOD_NOT_FOUND, message: `Unknown method ${method}.` } });
  });

  async function initialize(): Promise<void> {
    const result = await request({
      method: "ui/initialize",
      params: { appInfo: { name, version: "1.0.0" }, appCapabilities: CAPABILITIES, protocolVersion: MCP_APPS },
    });
    if (!isObject(result)) return;
    capabilities = isObject(result["hostCapabilities"]) ? result["hostCapabilities"] : {};
    followLook(frame.document.documentElement, store, result["hostContext"]);
    notify({ method: "ui/notifications/initialized", params: {} });
    reportSize(frame, (params) => notify({ method: "ui/notifications/size-changed", params }));
  }
  // A host that refuses the handshake may still speak `window.openai`.
  initialize().catch(() => undefined);

  return {
    request,
    ready: () => capabilities !== null,
    offers: (capability) => capabilities !== null && capability in capabilities,
  };
}
