import { isNumber, isObject, isText } from "../guards.ts";
import type { Actions, Fields, HostSession } from "./host-session.ts";
import type { HostView } from "./hosted-widget.ts";

/**
 * Runs inside the widget's page, before its own scripts: makes `window.openai` as ChatGPT does, over messages to the
 * host. It is sent there as text, so it uses nothing but its argument and the page.
 */
function installOpenAi(first: Record<string, unknown>): void {
  const waiting = new Map<unknown, { resolve(value: unknown): void; reject(reason: Error): void }>();
  const openai: Record<string, unknown> = { ...first };
  let last = 0;
  const ask = (method: string, params: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      window.parent.postMessage({ openai: { id: last, method, params } }, "*");
    });
  const tell = (globals: object): void => {
    Object.assign(openai, globals);
    window.dispatchEvent(new CustomEvent("openai:set_globals", { detail: { globals } }));
  };
  Object.assign(openai, {
    callTool: (name: unknown, args: unknown) => ask("callTool", { name, args }),
    sendFollowUpMessage: (params: unknown) => ask("sendFollowUpMessage", params),
    openExternal: (params: unknown) => void ask("openExternal", params),
    requestDisplayMode: (params: unknown) => ask("requestDisplayMode", params),
    notifyIntrinsicHeight: (height: unknown) => void ask("notifyIntrinsicHeight", { height }),
    setWidgetState(state: unknown) {
      tell({ widgetState: state });
      return ask("setWidgetState", { state });
    },
  });
  Object.assign(window, { openai });
  window.addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
    if (source !== window.parent || typeof data !== "object" || data === null || !("openai" in data)) return;
    const said: Record<string, unknown> = {};
    Object.assign(said, data.openai);
    const { id, globals, result, error } = said;
    if (typeof globals === "object" && globals !== null) return tell(globals);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(typeof error === "string" ? error : "The host refused."));
  });
  window.parent.postMessage({ openai: "listening" }, "*");
}

/** JSON that may stand inside a script element: no `<` can end it. */
const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", String.raw`\u003c`);

const viewGlobals = ({ theme, displayMode, locale, maxHeight }: HostView): Fields => ({
  theme,
  displayMode,
  locale,
  maxHeight,
});

/** ChatGPT hands out the structured part alone, and the metadata beside it. */
const answerGlobals = (result: unknown): Fields =>
  isObject(result)
    ? { toolOutput: result["structuredContent"] ?? null, toolResponseMetadata: result["_meta"] ?? null }
    : { toolOutput: null, toolResponseMetadata: null };

/** The widget's page with `window.openai` in it. */
function pageWithOpenAi(session: HostSession): string {
  const { html, toolInput, widgetState } = session.widget;
  const globals = {
    ...viewGlobals(session.view()),
    ...answerGlobals(session.result()),
    toolInput,
    widgetState: widgetState ?? null,
    safeArea: { insets: { top: 0, bottom: 0, left: 0, right: 0 } },
    userAgent: { device: { type: "desktop" }, capabilities: { hover: true, touch: false } },
  };
  const script = `<script>(${String(installOpenAi)})(${scriptJson(globals)})</script>`;
  // A function as the replacement: in a text, `$&` and its kind would be read as patterns.
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + script) : script + html;
}

/** One request through `window.openai`. */
export interface OpenAiCall {
  readonly id: number;
  readonly method: string;
  readonly params: Fields;
}

/** What a widget asked of `window.openai`; null for any other message. */
export function openAiCallOf({ openai }: Fields): OpenAiCall | null {
  if (!isObject(openai)) return null;
  const { id, method, params } = openai;
  return isNumber(id) && isText(method) ? { id, method, params: isObject(params) ? params : {} } : null;
}

/** True where the page says that it hears from now on; the host's own affair, and no message of the widget. */
export const isListening = ({ openai }: Fields): boolean => openai === "listening";

/** The host's side of `window.openai`. */
export interface OpenAiBridge {
  readonly requests: Actions;
  /** The page to show: it holds the answer and the view as they are now. */
  page(): string;
  /** The page hears from now on, and is told what has changed since it was made. */
  listens(): void;
  send(message: Fields): void;
  sendView(): void;
  sendResult(): void;
}

export function createOpenAiBridge(session: HostSession): OpenAiBridge {
  const { widget } = session;
  const send = (message: Fields): void => session.post("openai", { openai: message });
  const requests: Actions = {
    callTool: ({ name, args }) => widget.callTool(String(name), isObject(args) ? args : {}),
    openExternal: ({ href }) => session.openLink(href),
    requestDisplayMode: ({ mode }) => session.showAs(mode),
    notifyIntrinsicHeight: ({ height }) => session.resize(height),
    sendFollowUpMessage: ({ prompt }) => widget.sendMessage?.(String(prompt)),
    setWidgetState: ({ state }) => widget.keepState?.(state),
  };
  let listening = false;
  let given = { view: session.view(), result: session.result() };
  // Until it listens, a page that still loads would lose what it is told.
  const tell = (globals: Fields): void => void (listening && send({ globals }));
  const sendView = (): void => tell(viewGlobals(session.view()));
  const sendResult = (): void => tell(answerGlobals(session.result()));
  return {
    requests,
    page() {
      listening = false;
      given = { view: session.view(), result: session.result() };
      return pageWithOpenAi(session);
    },
    listens() {
      listening = true;
      if (session.view() !== given.view) sendView();
      if (session.result() !== given.result) sendResult();
    },
    send,
    sendView,
    sendResult,
  };
}
