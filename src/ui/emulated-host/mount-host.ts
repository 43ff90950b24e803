import { isNumber, isObject, isText } from "../guards.ts";
import { type Actions, createSession, type Fields, type HostSession } from "./host-session.ts";
import type { HostedWidget, MountedWidget } from "./hosted-widget.ts";
import { createMcpAppsBridge, type McpAppsBridge } from "./mcp-apps-bridge.ts";
import { createOpenAiBridge, isListening, type OpenAiBridge, type OpenAiCall, openAiCallOf } from "./open-ai-bridge.ts";

/** A request that the host does not know (JSON-RPC 2.0 §5.1). */
const METHOD_NOT_FOUND = -32601;
/** A request that the host could not or would not carry out. */
const REFUSED = -32000;
/** The older ChatGPT resources, which know `window.openai` alone. */
const SKYBRIDGE = "text/html+skybridge";

/** How a request ended, as JSON-RPC says it. */
type Reply = { readonly result: unknown } | { readonly error: { readonly code: number; readonly message: string } };

async function carryOut(actions: Actions, method: string, params: Fields): Promise<Reply> {
  const action = Object.hasOwn(actions, method) ? actions[method] : undefined;
  if (!action) return { error: { code: METHOD_NOT_FOUND, message: `This host does not know ${method}.` } };
  try {
    return { result: (await action(params)) ?? {} };
  } catch (thrown) {
    return { error: { code: REFUSED, message: thrown instanceof Error ? thrown.message : String(thrown) } };
  }
}

/** The ways in which one host speaks with its widget. */
interface Bridges {
  readonly session: HostSession;
  /** Null where the host knows `window.openai` alone. */
  readonly mcpApps: McpAppsBridge | null;
  /** Null in every host but ChatGPT. */
  readonly openAi: OpenAiBridge | null;
}

async function answerOpenAi(openAi: OpenAiBridge, { id, method, params }: OpenAiCall): Promise<void> {
  const reply = await carryOut(openAi.requests, method, params);
  openAi.send({ id, ...("error" in reply ? { error: reply.error.message } : reply) });
}

async function answerMcpApps(mcpApps: McpAppsBridge, { id, method, params }: Fields): Promise<void> {
  const fields = isObject(params) ? params : {};
  if (!isText(method)) mcpApps.answered();
  else if (!isText(id) && !isNumber(id)) await carryOut(mcpApps.notifications, method, fields);
  else mcpApps.send({ id, ...(await carryOut(mcpApps.requests, method, fields)) });
}

/** Gives the sandbox the page that it shows. */
function loadPage({ session, openAi }: Bridges): void {
  session.dress();
  const html = openAi ? openAi.page() : session.widget.html;
  const message = { jsonrpc: "2.0", method: "ui/notifications/sandbox-resource-ready", params: { html } };
  session.frame.contentWindow?.postMessage(message, "*");
}

/** Hears one message of the sandbox; those of other windows are not for us. */
function hear(bridges: Bridges, { source, data }: MessageEvent<unknown>): void {
  const { session, mcpApps, openAi } = bridges;
  if (source !== session.frame.contentWindow || !isObject(data)) return;
  if (data["method"] === "ui/notifications/sandbox-proxy-ready") return loadPage(bridges);
  if (openAi && isListening(data)) return openAi.listens();
  const call = openAiCallOf(data);
  if (openAi && call) {
    session.widget.onMessage?.({ from: "widget", bridge: "openai", message: data });
    void answerOpenAi(openAi, call);
  } else if (mcpApps && data["jsonrpc"] === "2.0") {
    session.widget.onMessage?.({ from: "widget", bridge: "mcp-apps", message: data });
    void answerMcpApps(mcpApps, data);
  }
}

/** Puts a widget on the page as the given kind of host would, and speaks with it. */
export function mountHost(widget: HostedWidget): MountedWidget {
  const session = createSession(widget, (view) => {
    bridges.mcpApps?.sendContext();
    bridges.openAi?.sendView();
    widget.onView?.(view);
  });
  const isChatGpt = widget.kind === "chatgpt";
  const bridges: Bridges = {
    session,
    mcpApps: isChatGpt && widget.mimeType === SKYBRIDGE ? null : createMcpAppsBridge(session, () => void teardown()),
    openAi: isChatGpt ? createOpenAiBridge(session) : null,
  };
  const onMessage = (event: MessageEvent<unknown>): void => hear(bridges, event);

  async function teardown(): Promise<void> {
    await bridges.mcpApps?.teardown();
    window.removeEventListener("message", onMessage);
    session.frame.remove();
  }

  window.addEventListener("message", onMessage);
  widget.container.append(session.frame);
  return {
    frame: session.frame,
    view: session.view,
    update: (change) => void session.change(change),
    sendResult(result) {
      session.setResult(result);
      bridges.mcpApps?.sendResult();
      bridges.openAi?.sendResult();
    },
    cancel: (reason) => bridges.mcpApps?.cancel(reason),
    teardown,
  };
}
