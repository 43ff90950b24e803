import { isNumber, isObject, isText } from "./guards.ts";
import { applyHostLook } from "./host-look.ts";
import { type ToolAnswer, toolAnswerOf } from "./tool-answer.ts";

/** Where a call stands, as its widget sees it. */
export type CallState =
  | { readonly phase: "waiting" }
  | { readonly phase: "answered"; readonly answer: ToolAnswer }
  | { readonly phase: "cancelled" }
  /** No host: the page was opened by itself. */
  | { readonly phase: "alone" };

/** The assistant's window around a widget. */
export interface Host {
  state(): CallState;
  /** @returns what ends the subscription. */
  subscribe(notify: () => void): () => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** The revision of MCP Apps that the messages below follow (SEP-1865, stable 2026-01-26). */
const MCP_APPS = "2026-01-26";

/** The id of our one request. */
const INITIALIZE = 1;

/** What ChatGPT's older bridge holds; null in other hosts. */
function openAiGlobals(frame: Window): Fields | null {
  const globals: unknown = "openai" in frame ? frame.openai : null;
  return isObject(globals) ? globals : null;
}

/** What the host knows of this widget, and who wants to hear when it changes. */
function createState(frame: Window) {
  const listeners = new Set<() => void>();
  let current: CallState = { phase: frame.parent === frame && openAiGlobals(frame) === null ? "alone" : "waiting" };
  const change = (next: CallState): void => {
    current = next;
    for (const listener of listeners) listener();
  };
  return {
    current: () => current,
    listeners,
    cancelled: () => change({ phase: "cancelled" }),
    answered(output: unknown) {
      const answer = toolAnswerOf(output);
      if (answer !== null) change({ phase: "answered", answer });
    },
  };
}

type State = ReturnType<typeof createState>;

/** Follows `window.openai`, which says by an event that something in it has changed. */
function followOpenAi(frame: Window, state: State): void {
  const read = (): void => {
    const globals = openAiGlobals(frame);
    if (globals === null) return;
    applyHostLook(frame.document.documentElement, globals);
    state.answered(globals["toolOutput"]);
  };
  frame.addEventListener("openai:set_globals", read);
  read();
}

/**
 * Tells the host how much room the content needs, as often as that changes (`ui/notifications/size-changed`). Once at
 * once: a host may keep the frame without height until it knows, and browsers do not draw such a frame, so that no
 * observer would ever speak.
 */
function reportSize(frame: Window, send: (message: Fields) => void): void {
  const { body } = frame.document;
  const report = (): void => {
    const { width, height } = body.getBoundingClientRect();
    send({ method: "ui/notifications/size-changed", params: { width: Math.ceil(width), height: Math.ceil(height) } });
  };
  report();
  new ResizeObserver(report).observe(body);
}

/** Speaks MCP Apps with the parent window: our handshake, then the host's notifications and requests. */
function followMcpApps(frame: Window, state: State, name: string): void {
  // The host's origin is not known to a sandboxed page, and nothing secret is ever sent.
  const send = (message: Fields): void => frame.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const look = (context: unknown): void => applyHostLook(frame.document.documentElement, context);
  const notifications: Readonly<Record<string, (params: unknown) => void>> = {
    "ui/notifications/tool-result": state.answered,
    "ui/notifications/tool-cancelled": state.cancelled,
    "ui/notifications/host-context-changed": look,
  };
  const initialized = (result: Fields): void => {
    look(result["hostContext"]);
    send({ method: "ui/notifications/initialized", params: {} });
    reportSize(frame, send);
  };
  frame.addEventListener("message", ({ source, data }) => {
    if (source !== frame.parent || !isObject(data) || data["jsonrpc"] !== "2.0") return;
    const { id, method, params, result } = data;
    if (isText(method)) {
      if (Object.hasOwn(notifications, method)) notifications[method]?.(params);
      // `ping` and `ui/resource-teardown` wait for an answer; there is nothing to refuse or to save.
      if (isText(id) || isNumber(id)) send({ id, result: {} });
    } else if (id === INITIALIZE && isObject(result)) initialized(result);
  });
  const params = { appInfo: { name, version: "1.0.0" }, appCapabilities: { availableDisplayModes: ["inline"] } };
  send({ id: INITIALIZE, method: "ui/initialize", params: { ...params, protocolVersion: MCP_APPS } });
}

/**
 * Connects a widget to whatever host shows it: MCP Apps by messages, ChatGPT's older bridge by `window.openai`. Only
 * messages of the parent window are heard.
 * @param name for the host's own records.
 */
export function connectHost(frame: Window, name: string): Host {
  const state = createState(frame);
  followOpenAi(frame, state);
  if (frame.parent !== frame) followMcpApps(frame, state, name);
  return {
    state: state.current,
    subscribe(notify) {
      state.listeners.add(notify);
      return () => state.listeners.delete(notify);
    },
  };
}
