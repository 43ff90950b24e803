import { isObject, isText } from "./guards.ts";
import { type DisplayMode, type HostState, silence } from "./host-state.ts";
import { connectMcpApps, type McpApps } from "./mcp-apps.ts";
import { createStore } from "./store.ts";
import { type ToolAnswer, toolAnswerOf } from "./tool-answer.ts";
import { connectOpenAi, type WindowOpenAi } from "./window-open-ai.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The assistant's window around a widget, whichever bridges it speaks. */
export interface Host {
  state(): HostState;
  /** @returns what ends the subscription. */
  subscribe(notify: () => void): () => void;
  /** Calls a tool as the person who looks at the widget. @throws Error when the host refuses; it may also never answer. */
  callTool(name: string, args: Fields): Promise<ToolAnswer>;
  /** @throws Error when the host does not open it. */
  openLink(href: string): Promise<void>;
  /** Writes a message into the conversation, as the person. */
  sendMessage(prompt: string): Promise<void>;
  /** Asks to be shown otherwise; the host decides. */
  requestDisplayMode(mode: DisplayMode): Promise<void>;
  /** Lets the assistant know what was done in the widget; it is not asked to answer. */
  tellAssistant(text: string): void;
  /** What was saved for this answer, in this page or in an earlier turn. */
  savedState(): unknown;
  saveState(state: unknown): void;
}

/** Members of an answer's metadata that name the call: what is saved belongs to one answer. */
const RECEIPT = "bellhop/receiptId";

/** What the assistant is told of at most, newest last. */
const TOLD_LIMIT = 20;

const failedToOpen = (result: unknown): boolean => isObject(result) && result["isError"] === true;

/** Keeps a widget's state across turns where the host itself does not: in the storage of the sandbox, if it has one. */
function browserState(frame: Window, state: () => HostState) {
  /** A sandbox without an origin has no storage, and says so by throwing. An answer without a name has no place in it. */
  function withStorage(work: (storage: Storage, key: string) => unknown): unknown {
    const receipt = state().answer?.meta[RECEIPT];
    try {
      return isText(receipt) ? work(frame.localStorage, `bellhop:${receipt}`) : null;
    } catch {
      return null;
    }
  }
  return {
    load: () => withStorage((storage, key) => JSON.parse(storage.getItem(key) ?? "null")),
    save: (next: unknown) => withStorage((storage, key) => storage.setItem(key, JSON.stringify(next))),
  };
}

/** Calls a tool by the bridge that is there: MCP Apps says of every answer whether it is an error, so it goes first. */
async function callTool(mcpApps: McpApps, openAi: WindowOpenAi, name: string, args: Fields): Promise<ToolAnswer> {
  const throughMcpApps = mcpApps.ready() && (mcpApps.offers("serverTools") || !openAi.has("callTool"));
  const result = throughMcpApps
    ? await mcpApps.request({ method: "tools/call", params: { name, arguments: args } })
    : await openAi.call("callTool", name, args);
  const answer = toolAnswerOf(result);
  if (!answer) throw new Error("The answer was empty.");
  return answer;
}

/**
 * Connects a widget to whatever host shows it: MCP Apps by messages, ChatGPT's own bridge by `window.openai`, or both.
 * @param name for the host's own records.
 */
export function connectHost(frame: Window, name: string): Host {
  const store = createStore(silence);
  const openAi = connectOpenAi(frame, store);
  const mcpApps = connectMcpApps(frame, store, name);
  const inBrowser = browserState(frame, store.get);
  const told: string[] = [];
  if (frame.parent === frame && !openAi.present()) store.set({ phase: "alone" });
  return {
    state: store.get,
    subscribe: store.subscribe,
    callTool: (tool, args) => callTool(mcpApps, openAi, tool, args),
    async openLink(href) {
      const result = mcpApps.ready()
        ? await mcpApps.request({ method: "ui/open-link", params: { url: href } })
        : await openAi.call("openExternal", { href });
      if (failedToOpen(result)) throw new Error("The host did not open it.");
    },
    async sendMessage(prompt) {
      const content = [{ type: "text" as const, text: prompt }];
      if (mcpApps.ready()) await mcpApps.request({ method: "ui/message", params: { role: "user", content } });
      else await openAi.call("sendFollowUpMessage", { prompt });
    },
    async requestDisplayMode(mode) {
      if (mcpApps.ready()) await mcpApps.request({ method: "ui/request-display-mode", params: { mode } });
      else await openAi.call("requestDisplayMode", { mode });
    },
    tellAssistant(text) {
      if (!mcpApps.offers("updateModelContext")) return;
      // What is sent replaces all that was sent before.
      told.push(text);
      const lines = ["Done by the person in the card:", ...told.slice(-TOLD_LIMIT)];
      const content = [{ type: "text" as const, text: lines.join("\n") }];
      mcpApps.request({ method: "ui/update-model-context", params: { content } }).catch(() => undefined);
    },
    savedState: () => openAi.member("widgetState") ?? inBrowser.load(),
    saveState(state) {
      if (openAi.has("setWidgetState")) openAi.call("setWidgetState", state).catch(() => undefined);
      else inBrowser.save(state);
    },
  };
}
