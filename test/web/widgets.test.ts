import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { type Server, createServer } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Frame, Page } from "playwright-core";
import { build } from "vite";
import { openBrowser, screenshot } from "../browser.ts";
import { assertAccessible } from "./stage.ts";

const widgetDirectory = join(import.meta.dirname, "..", "..", "dist", "widgets");

const pageOf = (name: string): string => readFileSync(join(widgetDirectory, `${name}.html`), "utf8");

/** What a host allows a widget that declares nothing (MCP Apps, "Host Behavior"). */
const HOST_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'";

/** The sandbox page between host and widget: it only passes messages on. */
const SANDBOX = `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;height:100%}iframe{border:0;width:100%;height:100%;display:block}</style><body><script>
const inner = document.createElement("iframe");
addEventListener("message", ({ source, data }) => {
  if (source === inner.contentWindow) return parent.postMessage(data, "*");
  if (source !== parent) return;
  if (data.method !== "ui/notifications/sandbox-resource-ready") return inner.contentWindow?.postMessage(data, "*");
  inner.setAttribute("sandbox", data.params.sandbox);
  inner.srcdoc = data.params.html;
  document.body.append(inner);
});
parent.postMessage({ jsonrpc: "2.0", method: "ui/notifications/sandbox-proxy-ready", params: {} }, "*");
</script>`;

const items = {
  items: [
    {
      id: "a",
      title: "Invoice 2041",
      description: "From a printer in Porto, 1,240 EUR.",
      actionable: true,
      metadata: { status: "open", changedAt: null, actions: [] },
    },
    {
      id: "b",
      title: "Travel to Lisbon",
      description: "Two nights in March.",
      actionable: false,
      metadata: { status: "approved", changedAt: "2026-11-21T09:00:00Z", actions: [] },
    },
  ],
};

const intents = {
  intents: [
    {
      id: "1",
      payload: "Find a Rust engineer in Berlin who has shipped a database.",
      summary: "Rust engineer in Berlin",
      createdAt: "2026-11-21T09:00:00Z",
      engine: "host",
      section: "fullInputText",
      quote: "I'm looking for a Rust engineer in Berlin",
      from: 0,
      to: 41,
      alreadyStored: false,
    },
    {
      id: "2",
      payload: "Volunteers for the March food drive",
      summary: null,
      createdAt: "2026-11-21T09:00:00Z",
      engine: "host",
      section: "rawText",
      quote: "Our nonprofit needs volunteers",
      from: 0,
      to: 30,
      alreadyStored: true,
    },
  ],
  filesProcessed: 1,
  linksProcessed: 0,
  intentsGenerated: 2,
  engine: "host",
  suggestions: [{ section: "rawText", quote: "It would be nice to see the sea again.", from: 40, to: 78 }],
  suggestionsLeftOut: 0,
  rejected: [{ payload: "Buy a boat", reason: "The quote is not in what was read of fullInputText and rawText." }],
  truncated: [],
};

const hostile = `<img src=x onerror="document.title='hit'"><script>document.title='hit'</script> \u202e{{x}}`;

const answers: readonly { name: string; data: Record<string, unknown>; seen: readonly string[] }[] = [
  { name: "echo", data: { text: "Hello, bellhop.\nTwo lines." }, seen: ["Hello, bellhop."] },
  { name: "list-view", data: items, seen: ["2 items", "Invoice 2041", "Approved"] },
  {
    name: "intent-display",
    data: intents,
    seen: ["2 intents from 1 file", "Rust engineer in Berlin", "“Our nonprofit needs volunteers”"],
  },
];

async function listen(t: TestContext, server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return `http://127.0.0.1:${address.port}`;
}

/** Serves one page, under a host's policy where one is given. */
const serveHtml = (t: TestContext, html: (path: string) => string, policy?: string): Promise<string> =>
  listen(
    t,
    createServer((request, response) => {
      if (policy) response.setHeader("content-security-policy", policy);
      response.setHeader("content-type", "text/html; charset=utf-8").end(html(request.url ?? "/"));
    }),
  );

/** The official bridge as one script. */
async function bridgeScript(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    publicDir: false,
    build: {
      write: false,
      lib: { entry: join(import.meta.dirname, "widget-host.ts"), formats: ["iife"], name: "host" },
    },
  });
  const [bundle] = Array.isArray(output) ? output : [];
  const code = bundle?.output[0].code;
  if (!code) throw new Error("The host was not built.");
  return code;
}

type OpenPage = (colorScheme?: "light" | "dark") => Promise<Page>;

/** One browser for a test, and a way to open pages in it. A page that throws fails the test. */
async function pages(t: TestContext): Promise<OpenPage> {
  const browser = (await openBrowser(t)).browser();
  if (browser === null) throw new Error("The browser has gone.");
  const thrown: Error[] = [];
  t.after(() => assert.deepEqual(thrown, []));
  return async (colorScheme = "light") => {
    const page = await browser.newPage({ viewport: { width: 640, height: 560 }, colorScheme, reducedMotion: "reduce" });
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => thrown.push(error));
    return page;
  };
}

interface Hosted {
  readonly page: Page;
  /** The widget's own frame, two frames down. */
  readonly widget: Frame;
}

/** Puts a widget into the official host. */
async function host(t: TestContext, name: string, hostContext: Record<string, unknown> = {}): Promise<Hosted> {
  const [sandboxUrl, hostUrl] = [
    await serveHtml(t, () => SANDBOX, HOST_POLICY),
    await serveHtml(t, () => "<!doctype html><html lang=en><title>Host</title>"),
  ];
  const page = await (await pages(t))();
  await page.goto(hostUrl);
  await page.evaluate(await bridgeScript());
  await page.evaluate(`hostWidget(${JSON.stringify({ sandboxUrl, html: pageOf(name), hostContext })})`);
  const widget = page.frames().at(-1);
  assert.ok(widget && page.frames().length === 3, "host, sandbox, widget");
  return { page, widget };
}

const tell = (page: Page, method: string, params: unknown) =>
  page.evaluate(`bridge.${method}(${JSON.stringify(params)})`);

const result = (data: Record<string, unknown>) => ({
  content: [{ type: "text", text: "In words." }],
  structuredContent: data,
});

/** Opens widgets as ChatGPT's older bridge shows them. */
async function chatGpt(t: TestContext) {
  const openPage = await pages(t);
  const url = await serveHtml(t, (path) => (path === "/favicon.ico" ? "" : pageOf(path.slice(1))), HOST_POLICY);
  return async (name: string, openai: Record<string, unknown>, scheme?: "light" | "dark"): Promise<Page> => {
    const page = await openPage(scheme);
    await page.addInitScript(`window.openai = ${JSON.stringify(openai)}`);
    await page.goto(`${url}/${name}`);
    return page;
  };
}

test("every widget is one page, complete in itself, of at most 40 kB", (t) => {
  const names = readdirSync(widgetDirectory)
    .filter((file) => file.endsWith(".html"))
    .toSorted();
  assert.deepEqual(names, ["echo.html", "intent-display.html", "list-view.html"]);
  for (const { name } of answers) {
    const html = pageOf(name);
    assert.doesNotMatch(html, /<script[^>]*\ssrc=|<link\s/i, `${name} needs another file`);
    const withoutScript = html.replace(/<script type="module">.*<\/script>/s, "");
    assert.doesNotMatch(withoutScript, /@import|url\(|<iframe/i, `${name} needs another file`);
    const bytes = gzipSync(html).byteLength;
    t.diagnostic(`${name}: ${(bytes / 1000).toFixed(1)} kB gzip`);
    assert.ok(bytes <= 40_000);
  }
});

for (const { name, data, seen } of answers) {
  test(`${name} in an MCP Apps host: waiting, then the answer, in the host's look and size`, async (t) => {
    const { page, widget } = await host(t, name, {
      theme: "dark",
      styles: { variables: { "--color-text-primary": "rgb(1, 200, 3)", "--font-sans": "monospace" } },
    });
    await widget.getByText("Waiting for the answer").waitFor();
    await tell(page, "sendToolResult", result(data));
    for (const text of seen) await widget.getByText(text).first().waitFor();
    const look = await widget.evaluate(() => {
      const { color, fontFamily, backgroundColor } = getComputedStyle(document.body);
      return { color, fontFamily, backgroundColor, scheme: document.documentElement.style.colorScheme };
    });
    assert.deepEqual(look, {
      color: "rgb(1, 200, 3)",
      fontFamily: "monospace",
      backgroundColor: "rgba(0, 0, 0, 0)",
      scheme: "dark",
    });
    const height = await widget.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height));
    await page.waitForFunction(`sizes.at(-1)?.height === ${height}`);
    assert.ok(height <= 500);
  });

  test(`${name} in ChatGPT: the answer from wherever it is put, light and dark`, async (t) => {
    const open = await chatGpt(t);
    for (const toolOutput of [data, { structuredContent: data }, { result: { structuredContent: data } }]) {
      const page = await open(name, { toolOutput, theme: "light" });
      for (const text of seen) await page.getByText(text).first().waitFor();
      await assertAccessible(page);
      await screenshot(page, "web", `widget-${name}`);
    }
    const dark = await open(name, { toolOutput: data, theme: "dark" }, "dark");
    await dark
      .getByText(seen[0] ?? "")
      .first()
      .waitFor();
    // The host's own dark paper, which the widget lets through.
    await dark.evaluate(() => (document.documentElement.style.background = "#212121"));
    await assertAccessible(dark);
    await screenshot(dark, "web", `widget-${name}-dark`);
  });

  test(`${name} shows a failed call as failed, with its reason`, async (t) => {
    const { page, widget } = await host(t, name);
    const reason = "The item is not on the list. Ask for the list. (not_found, request 5f0c)";
    await tell(page, "sendToolResult", {
      isError: true,
      content: [{ type: "text", text: reason }],
      structuredContent: data,
    });
    await widget.getByText("This did not work.").waitFor();
    await widget.getByText(reason).waitFor();
    assert.equal(await widget.getByText(seen[0] ?? "").count(), 0);
  });
}

test("an answer that comes later is shown when ChatGPT says so", async (t) => {
  const open = await chatGpt(t);
  const page = await open("echo", { toolOutput: null });
  await page.getByText("Waiting for the answer").waitFor();
  await page.evaluate(() => {
    Object.assign(window, { openai: { toolOutput: { text: "It came." }, theme: "dark" } });
    window.dispatchEvent(new Event("openai:set_globals"));
  });
  await page.getByText("It came.").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.style.colorScheme), "dark");
});

test("hostile text is text", async (t) => {
  const open = await chatGpt(t);
  const echo = await open("echo", { toolOutput: { text: hostile } });
  await echo.getByText("<img src=x").waitFor();
  const [item] = items.items;
  const list = await open("list-view", {
    toolOutput: { items: [{ ...item, title: hostile, description: hostile }] },
  });
  await list.getByText("<img src=x").first().waitFor();
  const [intent] = intents.intents;
  const display = await open("intent-display", {
    toolOutput: {
      ...intents,
      intents: [{ ...intent, summary: hostile, quote: hostile }],
      suggestions: [{ quote: hostile }],
    },
  });
  await display.getByText("<img src=x").first().waitFor();
  for (const page of [echo, list, display]) {
    assert.equal(await page.locator("img, body script:not([type])").count(), 0);
    assert.notEqual(await page.title(), "hit");
  }
});

test("nothing to show is said, not left blank", async (t) => {
  const open = await chatGpt(t);
  const cases = [
    { name: "echo", toolOutput: { text: "" }, text: "The text is empty." },
    { name: "list-view", toolOutput: { items: [] }, text: "There are no items to show." },
    {
      name: "intent-display",
      toolOutput: { intents: [], filesProcessed: 0, linksProcessed: 0, intentsGenerated: 0 },
      text: "No intent was found.",
    },
    {
      name: "list-view",
      toolOutput: { items: "no list" },
      text: "The answer came in a form that this card does not know.",
    },
    { name: "list-view", toolOutput: { content: [{ type: "text", text: "Only words." }] }, text: "Only words." },
  ];
  for (const { name, toolOutput, text } of cases) {
    const page = await open(name, { toolOutput });
    await page.getByText(text).waitFor();
    await assertAccessible(page);
  }
});

test("a cancelled call says so, and the host may take the widget down", async (t) => {
  const { page, widget } = await host(t, "echo");
  await tell(page, "sendToolCancelled", { reason: "The person stopped it." });
  await widget.getByText("The call was cancelled.").waitFor();
  assert.deepEqual(await tell(page, "teardownResource", {}), {});
});

test("only the host is heard: a message from any other window changes nothing", async (t) => {
  const { page, widget } = await host(t, "echo");
  await tell(page, "sendToolResult", result({ text: "From the host." }));
  await widget.getByText("From the host.").waitFor();
  await widget.evaluate(async () => {
    const forged = {
      jsonrpc: "2.0",
      method: "ui/notifications/tool-result",
      params: { structuredContent: { text: "Forged." } },
    };
    const heard = new Promise((resolve) => addEventListener("message", resolve, { once: true }));
    window.postMessage(forged, "*");
    await heard;
  });
  assert.equal(await widget.getByText("Forged.").count(), 0);
});

test("a look that changes is followed", async (t) => {
  const { page, widget } = await host(t, "echo", { theme: "light" });
  await tell(page, "sendToolResult", result({ text: "Hello" }));
  await tell(page, "setHostContext", { theme: "dark" });
  await widget.waitForFunction(() => document.documentElement.style.colorScheme === "dark");
});

test("a long list scrolls inside 500 px and can be scrolled by keyboard", async (t) => {
  const open = await chatGpt(t);
  const [item] = items.items;
  const many = {
    items: Array.from({ length: 40 }, (_, index) => ({ ...item, id: String(index), title: `Item ${index}` })),
  };
  const page = await open("list-view", { toolOutput: many });
  await page.getByText("40 items").waitFor();
  assert.ok((await page.evaluate(() => document.body.getBoundingClientRect().height)) <= 500);
  await page.keyboard.press("Tab");
  await page.keyboard.press("End");
  await page.waitForFunction(() => (document.querySelector("main")?.scrollTop ?? 0) > 0);
});

test("a widget without any host says what it is", async (t) => {
  const url = await serveHtml(t, () => pageOf("echo"), HOST_POLICY);
  const page = await (await pages(t))();
  await page.goto(url);
  await page.getByText("This card shows an answer inside an assistant.").waitFor();
});
