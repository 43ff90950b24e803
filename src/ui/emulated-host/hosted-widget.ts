import type { DisplayMode, HostKind, Theme } from "./host-kinds.ts";

/** How a host shows a widget at the moment. All of it may change while the widget is there. */
export interface HostView {
  readonly theme: Theme;
  readonly displayMode: DisplayMode;
  /** BCP 47, such as `de-CH`. */
  readonly locale: string;
  /** What an inline widget may take of the conversation, in CSS pixels. */
  readonly maxHeight: number;
}

/** One message between host and widget, as it was sent. */
export interface HostMessage {
  readonly from: "host" | "widget";
  /** The bridge that carried it: JSON-RPC of MCP Apps, or `window.openai`. */
  readonly bridge: "mcp-apps" | "openai";
  readonly message: unknown;
}

/** Origins that a widget's resource declares (`_meta.ui.csp`). */
export interface WidgetCsp {
  readonly connectDomains?: readonly string[];
  readonly resourceDomains?: readonly string[];
}

/** What an emulated host is made from. Whatever a function here throws is told to the widget as an error. */
export interface HostedWidget {
  readonly kind: HostKind;
  /** Where the widget is put. In fullscreen it fills this element, so the caller decides how large that is. */
  readonly container: HTMLElement;
  /** The address of the sandbox page; the origins of `csp` are added to it. */
  readonly sandboxUrl: string;
  /** What the sandbox may do, as an iframe's attribute says it. Storage, say, needs an address that nothing else has. */
  readonly sandbox?: string;
  /** The resource: `text`, `mimeType` and `_meta.ui.csp` of `resources/read`. */
  readonly html: string;
  /** ChatGPT speaks both its bridges with `text/html;profile=mcp-app`, and `window.openai` alone with the older type. */
  readonly mimeType: string;
  readonly csp?: WidgetCsp;
  readonly toolName: string;
  readonly toolInput: Readonly<Record<string, unknown>>;
  /** The whole `CallToolResult`; left out while the call still runs, then handed in by `sendResult`. */
  readonly toolResult?: unknown;
  readonly view: HostView;
  /** ChatGPT's `widgetState`, kept from an earlier turn. */
  readonly widgetState?: unknown;
  /** Carries out a tool call of the widget; resolves to a `CallToolResult`. */
  callTool(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** False when the person or the host does not want it opened. */
  openLink(url: string): Promise<boolean> | boolean;
  /** A message that the widget writes into the conversation. */
  sendMessage?(text: string): void;
  /** Told of every state that the widget stores with ChatGPT. */
  keepState?(state: unknown): void;
  /** Told of every message, in the order in which they were sent. */
  onMessage?(message: HostMessage): void;
  /** Told when the widget, or the host, changed how it is shown. */
  onView?(view: HostView): void;
}

/** A widget on the page. */
export interface MountedWidget {
  /** The frame of the sandbox; the widget's own frame lies in it. */
  readonly frame: HTMLIFrameElement;
  view(): HostView;
  /** Changes how it is shown and tells the widget so. */
  update(change: Partial<HostView>): void;
  /** Hands in the answer, for the first time or again. */
  sendResult(result: unknown): void;
  /** Tells the widget that the call was cancelled: when it listens, should it not do so yet. */
  cancel(reason: string): void;
  /** Asks the widget to end, waits half a second at most, and removes it. */
  teardown(): Promise<void>;
}
