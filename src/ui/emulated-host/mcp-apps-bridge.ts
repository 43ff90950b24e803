import { isObject, isText } from "../guards.ts";
import { hostKinds } from "./host-kinds.ts";
import type { Actions, Fields, HostSession } from "./host-session.ts";

/** The revision of MCP Apps that is spoken (SEP-1865). */
const MCP_APPS = "2026-01-26";
const TEARDOWN_MS = 500;

/** What a widget asks for in JSON-RPC; every method of the specification that this host offers. */
export interface McpAppsBridge {
  readonly requests: Actions;
  readonly notifications: Actions;
  send(message: Fields): void;
  sendContext(): void;
  sendResult(): void;
  /** Tells the widget that its call was cancelled: at once, or when it listens. */
  cancel(reason: string): void;
  /** Asks the widget to end, and waits half a second at most. */
  teardown(): Promise<void>;
  /** The widget has answered; the one thing that it is ever asked is to end. */
  answered(): void;
}

const textOf = ({ content }: Fields): string =>
  [content]
    .flat()
    .map((block: unknown) => (isObject(block) && isText(block["text"]) ? block["text"] : ""))
    .join("\n");

/** `McpUiHostContext`, whole. */
function hostContext({ widget, view }: HostSession): Fields {
  const { displayModes, variables } = hostKinds[widget.kind];
  const { theme, displayMode, locale, maxHeight } = view();
  return {
    theme,
    styles: { variables: variables[theme] },
    displayMode,
    availableDisplayModes: displayModes,
    locale,
    timeZone: "UTC",
    platform: "web",
    containerDimensions: {
      maxWidth: widget.container.clientWidth,
      ...(displayMode === "inline" ? { maxHeight } : {}),
    },
  };
}

/** What a widget learns of its host first (`McpUiInitializeResult`). */
const welcome = (session: HostSession): Fields => ({
  protocolVersion: MCP_APPS,
  hostInfo: hostKinds[session.widget.kind].hostInfo,
  hostCapabilities: { openLinks: {}, serverTools: {}, message: { text: {} }, updateModelContext: { text: {} } },
  hostContext: hostContext(session),
});

/** @param end called when the widget asks to be removed. */
export function createMcpAppsBridge(session: HostSession, end: () => void): McpAppsBridge {
  const { widget } = session;
  const ended = Promise.withResolvers<void>();
  let initialized = false;
  let given = session.view();
  const send = (message: Fields): void => session.post("mcp-apps", { jsonrpc: "2.0", ...message });
  const notify = (method: string, params: unknown): void => void (initialized && send({ method, params }));
  const sendResult = (): void => {
    if (session.result() !== undefined) notify("ui/notifications/tool-result", session.result());
  };
  const sendContext = (): void => notify("ui/notifications/host-context-changed", hostContext(session));
  let cancelled: string | undefined;
  const sendCancelled = (): void => {
    if (cancelled !== undefined) notify("ui/notifications/tool-cancelled", { reason: cancelled });
  };
  return {
    send,
    sendResult() {
      cancelled = undefined;
      sendResult();
    },
    cancel(reason) {
      cancelled = reason;
      sendCancelled();
    },
    answered: ended.resolve,
    async teardown() {
      if (!initialized) return;
      setTimeout(ended.resolve, TEARDOWN_MS);
      send({ id: "teardown", method: "ui/resource-teardown", params: {} });
      await ended.promise;
    },
    sendContext,
    requests: {
      ping: () => ({}),
      "ui/initialize"() {
        given = session.view();
        return welcome(session);
      },
      "tools/call": ({ name, arguments: args }) => widget.callTool(String(name), isObject(args) ? args : {}),
      "ui/open-link": ({ url }) => session.openLink(url),
      "ui/request-display-mode": ({ mode }) => session.showAs(mode),
      "ui/message": (params) => widget.sendMessage?.(textOf(params)),
      "ui/update-model-context": () => ({}),
    },
    notifications: {
      "ui/notifications/initialized"() {
        initialized = true;
        if (session.view() !== given) sendContext();
        notify("ui/notifications/tool-input", { arguments: widget.toolInput });
        sendResult();
        sendCancelled();
      },
      "ui/notifications/size-changed": ({ height }) => session.resize(height),
      "ui/notifications/request-teardown": end,
    },
  };
}
