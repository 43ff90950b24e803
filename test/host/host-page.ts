/** Runs in the browser: a conversation with one widget in it, shown by the emulated host that the console uses too. */
import { type HostKind, hostKinds } from "../../src/ui/emulated-host/host-kinds.ts";
import type { HostMessage, HostView, MountedWidget, WidgetCsp } from "../../src/ui/emulated-host/hosted-widget.ts";
import { mountHost } from "../../src/ui/emulated-host/mount-host.ts";

/** What a test asks to be shown. */
export interface Scene {
  readonly kind: HostKind;
  readonly html: string;
  readonly mimeType: string;
  readonly csp?: WidgetCsp;
  readonly toolName: string;
  readonly toolInput: Readonly<Record<string, unknown>>;
  /** Left out while the call still runs. */
  readonly toolResult?: unknown;
  /** The reason, where the call was cancelled before the widget is there. */
  readonly cancelled?: string;
  readonly widgetState?: unknown;
  /** What becomes of call and view in the moment in which the sandbox has been handed the widget's page. */
  readonly whileLoading?: { readonly toolResult: unknown; readonly view: Partial<HostView> };
  readonly view: HostView;
  readonly sandboxUrl: string;
  /** What the frame of the sandbox may do, where that is not the usual. */
  readonly sandbox?: string;
}

/** What the page may ask of the test. */
interface TestSide {
  hostCallTool(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  hostOpenLink(url: string): Promise<boolean>;
  hostSendMessage(text: string): Promise<void>;
  hostKeepState(state: unknown): Promise<void>;
}

/** What a test may ask of the page. */
export interface PageSide {
  show(scene: Scene): void;
  readonly messages: HostMessage[];
  widget(): MountedWidget;
}

declare global {
  interface Window extends TestSide {
    stage: PageSide;
  }
}

const container = document.body.appendChild(document.createElement("div"));
let mounted: MountedWidget | undefined;

/** The host's own ground behind the widget, and the room that it gives it. */
function dress(kind: HostKind, { theme, displayMode }: HostView): void {
  document.body.style.cssText = `margin:0;padding:16px;background:${hostKinds[kind].background[theme]}`;
  container.style.cssText =
    displayMode === "fullscreen"
      ? "height:calc(100vh - 32px)"
      : `max-width:720px;margin:0 auto;border:1px solid #8884;border-radius:16px;overflow:hidden`;
}

window.stage = {
  messages: [],
  widget() {
    if (!mounted) throw new Error("Nothing is shown.");
    return mounted;
  },
  show(scene) {
    mounted?.frame.remove();
    window.stage.messages.length = 0;
    dress(scene.kind, scene.view);
    mounted = mountHost({
      ...scene,
      container,
      callTool: (name, args) => window.hostCallTool(name, args),
      openLink: (url) => window.hostOpenLink(url),
      sendMessage: (text) => void window.hostSendMessage(text),
      keepState: (state) => void window.hostKeepState(state),
      onMessage: (message) => window.stage.messages.push(message),
      onView: (view) => dress(scene.kind, view),
    });
    const { frame, sendResult, update } = mounted;
    const { whileLoading } = scene;
    if (whileLoading)
      addEventListener("message", function late({ source, data }) {
        if (source !== frame.contentWindow || data.method !== "ui/notifications/sandbox-proxy-ready") return;
        removeEventListener("message", late);
        sendResult(whileLoading.toolResult);
        update(whileLoading.view);
      });
    if (scene.cancelled !== undefined) mounted.cancel(scene.cancelled);
  },
};
