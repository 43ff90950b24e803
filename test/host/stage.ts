import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestContext } from "node:test";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { build } from "vite";
import { readCsp, sandboxPage, sandboxPolicy } from "../../src/channels/web/widget-sandbox.ts";
import type { HostKind } from "../../src/ui/emulated-host/host-kinds.ts";
import type { HostMessage, HostView, WidgetCsp } from "../../src/ui/emulated-host/hosted-widget.ts";
import { until } from "../bellhop.ts";
import { openBrowser } from "../browser.ts";
import type { Scene } from "./host-page.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** The built page of a widget. */
export const widgetPage = (name: string): string => readFileSync(join(ROOT, "dist", "widgets", `${name}.html`), "utf8");

/** A page for a widget's script. */
export const pageAround = (script: string): string =>
  `<!doctype html><html lang="en"><head><title>Widget</title></head><body><div id="root"></div><script type="module">${script.replaceAll("</script", String.raw`<\/script`)}</script></body></html>`;

/** A module and all that it imports, as one script for a browser. @param entry as `import.meta.resolve` gives it. */
export async function bundle(entry: string, alias: Readonly<Record<string, string>> = {}): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    root: ROOT,
    resolve: { alias },
    build: {
      write: false,
      minify: false,
      target: "esnext",
      rolldownOptions: { input: fileURLToPath(entry) },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const chunk = outputs
    .flatMap((output) => ("output" in output ? output.output : []))
    .find((file) => file.type === "chunk");
  if (chunk?.type !== "chunk") throw new Error(`${entry} has no script.`);
  return chunk.code;
}

/** Bundled once for all tests of a file. */
const hostPage = bundle(import.meta.resolve("./host-page.ts"));

async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return address.port;
}

/** As Claude and ChatGPT have it: an origin for the widget alone, on which it may keep something. */
const withStorage = (text: string): string => text.replaceAll("allow-scripts", "allow-scripts allow-same-origin");

/** Two addresses as of two parties: the host's page, and the sandbox with the policy that real hosts set. */
export async function serveHost(
  t: TestContext,
  script: string,
  sandboxStorage = false,
): Promise<{ hostUrl: string; sandboxUrl: string }> {
  const hostPort = await serve(t, (request, response) => {
    const isScript = request.url === "/host.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(
      isScript ? script : '<!doctype html><title>Host</title><body><script type="module" src="/host.js"></script>',
    );
  });
  const hostUrl = `http://localhost:${hostPort}`;
  const sandboxPort = await serve(t, (request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://sandbox");
    response.setHeader("content-type", "text/html; charset=utf-8");
    const policy = sandboxPolicy(readCsp(searchParams.get("csp")), hostUrl);
    response.setHeader("content-security-policy", sandboxStorage ? withStorage(policy) : policy);
    response.end(sandboxStorage ? withStorage(sandboxPage) : sandboxPage);
  });
  // A private window refuses storage to another site, but not to another port of the same one.
  const sandboxHost = sandboxStorage ? "localhost" : "127.0.0.1";
  return { hostUrl, sandboxUrl: `http://${sandboxHost}:${sandboxPort}/sandbox` };
}

/** A tool call that a widget made. */
export interface WidgetCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Answer = (call: WidgetCall) => unknown;

/** A widget to show, and where. What is left out is the usual. */
export interface Showing {
  readonly kind: HostKind;
  /** The widget's name, or a whole page as `html`. */
  readonly widget?: string;
  readonly html?: string;
  readonly mimeType?: string;
  readonly toolName?: string;
  readonly toolInput?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  /** The reason, where the call was cancelled before the widget is there. */
  readonly cancelled?: string;
  readonly widgetState?: unknown;
  /** The call is answered, and the view changes, while the widget's page loads. */
  readonly whileLoading?: Scene["whileLoading"];
  readonly csp?: WidgetCsp;
  readonly view?: Partial<HostView>;
}

/** A browser with one conversation in it. */
export interface Stage {
  readonly page: Page;
  readonly browser: BrowserContext;
  /** The tool calls that widgets made, oldest first. */
  readonly calls: WidgetCall[];
  /** The addresses that widgets asked to open. */
  readonly opened: string[];
  /** The messages that widgets wrote into the conversation. */
  readonly sent: string[];
  /** The states that widgets kept with ChatGPT. */
  readonly states: unknown[];
  /** Says how the next calls are answered: with a result, a promise of one, or an error thrown. */
  answer(answer: Answer): void;
  /** Whether links are opened. */
  allowLinks(allow: boolean): void;
  /** Shows a widget and returns its own frame. */
  show(showing: Showing): Promise<Frame>;
  sendResult(result: unknown): Promise<void>;
  update(view: Partial<HostView>): Promise<void>;
  /** Posts a message to the widget as only a faulty host would. */
  post(message: unknown): Promise<void>;
  messages(): Promise<readonly HostMessage[]>;
  frameHeight(): Promise<number>;
  /** Tells the widget that its call was cancelled. */
  cancel(reason: string): Promise<void>;
  teardown(): Promise<void>;
  until(condition: () => boolean): Promise<void>;
  /** Waits for a message, as JSON. */
  untilSaid(pattern: RegExp): Promise<void>;
  /** Waits until the frame is as high as its content asks for, twice in a row. */
  settled(frame: Frame): Promise<void>;
}

/** The hosts that every widget is shown in: ChatGPT with both of its bridges, and with the older one alone. */
export const hosts: Readonly<Record<string, Pick<Showing, "kind" | "mimeType">>> = {
  chatgpt: { kind: "chatgpt" },
  "older-chatgpt": { kind: "chatgpt", mimeType: "text/html+skybridge" },
  claude: { kind: "claude" },
  "mcp-apps": { kind: "mcp-apps" },
};

const usualView: HostView = { theme: "light", displayMode: "inline", locale: "en-US", maxHeight: 500 };

interface StageParts {
  /** True for a sandbox with an origin of its own that it keeps from one showing to the next. */
  readonly sandboxStorage?: boolean;
  /** True for a clock that the test moves: `page.clock.fastForward`. */
  readonly clock?: boolean;
}

/** Opens a browser on a host's page. It is closed when the test ends. */
export async function openStage(t: TestContext, parts: StageParts = {}): Promise<Stage> {
  const { hostUrl, sandboxUrl } = await serveHost(t, await hostPage, parts.sandboxStorage);
  const browser = await openBrowser(t);
  const page = await browser.newPage();
  if (parts.clock) await page.clock.install();
  const calls: WidgetCall[] = [];
  const opened: string[] = [];
  const sent: string[] = [];
  const states: unknown[] = [];
  let respond: Answer = () => ({ isError: true, content: [{ type: "text", text: "Nothing was prepared." }] });
  let linksAllowed = true;
  await page.exposeFunction("hostCallTool", async (name: string, args: WidgetCall["args"]) => {
    calls.push({ name, args });
    return respond({ name, args });
  });
  await page.exposeFunction("hostOpenLink", (url: string) => {
    opened.push(url);
    return linksAllowed;
  });
  await page.exposeFunction("hostSendMessage", (text: string) => void sent.push(text));
  await page.exposeFunction("hostKeepState", (state: unknown) => void states.push(state));
  await page.goto(hostUrl);

  async function show(showing: Showing): Promise<Frame> {
    const { kind, widget = "echo", result, widgetState } = showing;
    const scene: Scene = {
      kind,
      html: showing.html ?? widgetPage(widget),
      mimeType: showing.mimeType ?? "text/html;profile=mcp-app",
      toolName: showing.toolName ?? widget,
      toolInput: showing.toolInput ?? {},
      ...(result === undefined ? {} : { toolResult: result }),
      ...(showing.cancelled === undefined ? {} : { cancelled: showing.cancelled }),
      ...(widgetState === undefined ? {} : { widgetState }),
      ...(showing.whileLoading ? { whileLoading: showing.whileLoading } : {}),
      ...(showing.csp ? { csp: showing.csp } : {}),
      view: { ...usualView, ...showing.view },
      sandboxUrl,
      ...(parts.sandboxStorage ? { sandbox: "allow-scripts allow-same-origin" } : {}),
    };
    await page.waitForFunction(() => "stage" in window);
    const before = page.frames();
    await page.evaluate((given) => window.stage.show(given), scene);
    const isNew = (one: Frame): boolean => Boolean(one.parentFrame()?.parentFrame()) && !before.includes(one);
    const frame = await until("the widget's frame", () => page.frames().find(isNew));
    await frame.waitForSelector("#root > *");
    return frame;
  }

  return {
    page,
    browser,
    calls,
    opened,
    sent,
    states,
    answer: (next) => void (respond = next),
    allowLinks: (allow) => void (linksAllowed = allow),
    show,
    sendResult: (result) => page.evaluate((given) => window.stage.widget().sendResult(given), result),
    update: (view) => page.evaluate((given) => window.stage.widget().update(given), view),
    post: (message) =>
      page.evaluate((given) => window.stage.widget().frame.contentWindow?.postMessage(given, "*"), message),
    messages: () => page.evaluate(() => window.stage.messages),
    frameHeight: () => page.evaluate(() => window.stage.widget().frame.clientHeight),
    cancel: (reason) => page.evaluate((given) => window.stage.widget().cancel(given), reason),
    teardown: () => page.evaluate(() => window.stage.widget().teardown()),
    async untilSaid(pattern) {
      await until(`the widget to say ${pattern}`, async () => {
        const messages = await page.evaluate(() => window.stage.messages.map((one) => JSON.stringify(one.message)));
        return messages.some((message) => pattern.test(message)) || undefined;
      });
    },
    until: async (condition) => void (await until("the condition", () => condition() || undefined)),
    async settled(frame) {
      let before = -1;
      await until("the widget to keep its size", async () => {
        const wanted = await frame.evaluate(
          () =>
            new Promise<number>((resolve) =>
              requestAnimationFrame(() => resolve(Math.ceil(document.body.getBoundingClientRect().height))),
            ),
        );
        const given = await page.evaluate(() => window.stage.widget().frame.clientHeight);
        const settled = wanted === before && given === wanted;
        before = wanted;
        return settled ? true : undefined;
      });
    },
  };
}
