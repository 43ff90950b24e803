import { isNumber, isOneOf, isText } from "../guards.ts";
import { hostKinds } from "./host-kinds.ts";
import type { HostedWidget, HostMessage, HostView } from "./hosted-widget.ts";

/** Members of a message. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a widget may ask for, by method; what is returned is the answer, and what is thrown is told as an error. */
export type Actions = Readonly<Record<string, (params: Fields) => unknown>>;

/** One widget being shown: what both bridges know and do. */
export interface HostSession {
  readonly widget: HostedWidget;
  readonly frame: HTMLIFrameElement;
  view(): HostView;
  /** Changes the view and returns it; the bridges are told by `onChange`. */
  change(part: Partial<HostView>): HostView;
  /** The answer so far; undefined while the call runs. */
  result(): unknown;
  setResult(result: unknown): void;
  /** Tells the sandbox, once it is there and with every change, which theme it is dressed in. */
  dress(): void;
  post(bridge: HostMessage["bridge"], message: Fields): void;
  /** The height that the content needs, in CSS pixels. */
  resize(height: unknown): void;
  /** Shows the widget as it asks, where this host can; answers with how it is shown then. */
  showAs(mode: unknown): Fields;
  openLink(url: unknown): Promise<Fields>;
}

const isMode = isOneOf("inline", "fullscreen", "pip");

function createFrame(widget: HostedWidget): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.title = `${widget.toolName} in ${hostKinds[widget.kind].title}`;
  // Without `allow-same-origin` the sandbox has an origin of its own, whatever address it is served from.
  frame.setAttribute("sandbox", widget.sandbox ?? "allow-scripts allow-forms");
  frame.style.cssText = "display:block;width:100%;border:0;background:transparent";
  const address = new URL(widget.sandboxUrl, document.baseURI);
  address.searchParams.set("csp", JSON.stringify(widget.csp ?? {}));
  address.hash = widget.view.theme;
  frame.src = address.href;
  return frame;
}

/** @param onChange called with every new view, after the frame has followed it. */
export function createSession(widget: HostedWidget, onChange: (view: HostView) => void): HostSession {
  const frame = createFrame(widget);
  let view = widget.view;
  let result = widget.toolResult;
  let wanted = 0;

  function fit(): void {
    frame.style.height = view.displayMode === "fullscreen" ? "100%" : `${Math.min(wanted, view.maxHeight)}px`;
    // A frame whose scheme is not its page's own gets an opaque ground, and the widget's would no longer show through.
    frame.style.colorScheme = view.theme;
  }

  const dress = (): void => frame.contentWindow?.postMessage({ sandbox: { theme: view.theme } }, "*");

  function change(part: Partial<HostView>): HostView {
    view = { ...view, ...part };
    fit();
    dress();
    onChange(view);
    return view;
  }

  fit();
  return {
    widget,
    frame,
    view: () => view,
    change,
    result: () => result,
    setResult: (next) => (result = next),
    dress,
    post(bridge, message) {
      widget.onMessage?.({ from: "host", bridge, message });
      frame.contentWindow?.postMessage(message, "*");
    },
    resize(height) {
      if (!isNumber(height) || !(height >= 0)) return;
      wanted = height;
      fit();
    },
    showAs(mode) {
      if (isMode(mode) && hostKinds[widget.kind].displayModes.includes(mode)) change({ displayMode: mode });
      return { mode: view.displayMode };
    },
    openLink: async (url) => (isText(url) && (await widget.openLink(url)) ? {} : { isError: true }),
  };
}
