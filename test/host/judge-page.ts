/** Runs in the browser: a host made with ext-apps' own bridge, the independent judge of how our widgets speak. */
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

/** What the judge noted, by kind. */
export interface Noted {
  readonly kind: "initialized" | "size" | "link" | "call" | "context" | "mode" | "error";
  readonly fact: unknown;
}

/** What a test may ask of the judge. */
export interface Judge {
  readonly notes: Noted[];
  show(scene: { html: string; sandboxUrl: string; result: unknown; answer: unknown }): Promise<void>;
  darken(): void;
  end(): Promise<unknown>;
}

declare global {
  interface Window {
    judge: Judge;
  }
}

const notes: Noted[] = [];
const note = (kind: Noted["kind"], fact: unknown): void => void notes.push({ kind, fact });

const bridge = new AppBridge(
  null,
  { name: "judge", version: "1.0.0" },
  { openLinks: {}, serverTools: {}, updateModelContext: { text: {} } },
  {
    hostContext: {
      theme: "light",
      displayMode: "inline",
      availableDisplayModes: ["inline", "fullscreen"],
      locale: "en-US",
      platform: "web",
      containerDimensions: { maxHeight: 300, maxWidth: 700 },
    },
  },
);

async function show({ html, sandboxUrl, result, answer }: Parameters<Judge["show"]>[0]): Promise<void> {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.cssText = "width:700px;height:300px";
  const sandboxReady = new Promise<void>((resolve) => (bridge.onsandboxready = () => resolve()));
  const initialized = new Promise<void>((resolve) => (bridge.oninitialized = () => resolve()));
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the bridge takes its handlers as members
  bridge.onerror = (error) => note("error", error.message);
  bridge.onsizechange = (size) => note("size", size);
  bridge.onopenlink = async ({ url }) => (note("link", url), {});
  bridge.oncalltool = async (params) => {
    note("call", params);
    return JSON.parse(JSON.stringify(answer));
  };
  bridge.onupdatemodelcontext = async (params) => (note("context", params), {});
  bridge.onrequestdisplaymode = async ({ mode }) => (note("mode", mode), { mode });
  frame.src = sandboxUrl;
  document.body.append(frame);
  if (!frame.contentWindow) throw new Error("The frame has no window.");
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  await sandboxReady;
  await bridge.sendSandboxResourceReady({ html });
  await initialized;
  note("initialized", { app: bridge.getAppVersion(), capabilities: bridge.getAppCapabilities() });
  await bridge.sendToolInput({ arguments: {} });
  await bridge.sendToolResult(JSON.parse(JSON.stringify(result)));
}

window.judge = {
  notes,
  show,
  darken: () => bridge.setHostContext({ theme: "dark", displayMode: "inline", locale: "en-US" }),
  end: () => bridge.teardownResource({}),
};
