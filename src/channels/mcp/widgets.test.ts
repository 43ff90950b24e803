import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { defineTool } from "../../kernel/tool.ts";
import * as z from "zod";
import { describeTool } from "./tool-list.ts";
import { hashedUri, listWidgets, readWidget, type WidgetReader, type WidgetSource } from "./widgets.ts";

const tool = defineTool({
  name: "get-things",
  title: "List things",
  description: "Lists things.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  audience: "assistant",
  widget: "things",
  labels: { invoking: "Looking...", invoked: "Found" },
  examples: [],
  input: z.object({}),
  output: z.object({}),
  run: async () => ({ text: "", data: {} }),
});

const source: WidgetSource = {
  widgets: [{ name: "things", title: "Things Widget", description: "Shows things" }],
  tools: [tool],
  current: (file) => (file === "things.html" ? { hash: "1111aaaa", content: "<p>new</p>" } : null),
  find: async (file, hash) =>
    file === "things.html" && hash === "0000bbbb"
      ? { hash, content: "<p>old</p>" }
      : hash === "1111aaaa"
        ? source.current(file)
        : null,
};

const mcpUrl = "https://bell.example/mcp";
const reader = (channel: WidgetReader["channel"], url = mcpUrl): WidgetReader => ({ channel, mcpUrl: url });
const read = async (uri: string, from = reader("mcp")) => (await readWidget(source, uri, from)).contents[0];

describe("a tool with a widget", () => {
  it("names its page in every dialect, and lets widgets call it", () => {
    const uri = "ui://widget/things.1111aaaa.html";
    assert.equal(hashedUri(source, "things"), uri);
    assert.deepEqual(describeTool(tool, source)._meta, {
      securitySchemes: [{ type: "oauth2", scopes: ["read"] }],
      ui: { resourceUri: uri, visibility: ["model", "app"] },
      "ui/resourceUri": uri,
      "openai/outputTemplate": "ui://widget/things.html",
      "openai/widgetAccessible": true,
      "openai/resultCanProduceWidget": true,
      "openai/toolInvocation/invoking": "Looking...",
      "openai/toolInvocation/invoked": "Found",
    });
  });

  it("says how people ask for it, where it knows", () => {
    assert.equal("bellhop/examples" in (describeTool(tool, source)._meta ?? {}), false);
    const examples = ["Which things are there?", "List my things"];
    assert.deepEqual(describeTool({ ...tool, examples }, source)._meta?.["bellhop/examples"], examples);
  });
});

describe("a widget's page", () => {
  it("is listed for MCP Apps and for older ChatGPT", () => {
    assert.deepEqual(
      listWidgets(source).map(({ uri, mimeType }) => [uri, mimeType]),
      [
        ["ui://widget/things.1111aaaa.html", "text/html;profile=mcp-app"],
        ["ui://widget/things.html", "text/html+skybridge"],
      ],
    );
  });

  it("is the page of today under its plain address, with what mcp2 said of it", async () => {
    const page = await read("ui://widget/things.html");
    assert.equal(page?.mimeType, "text/html+skybridge");
    assert.equal(page && "text" in page && page.text, "<p>new</p>");
    assert.equal(page?._meta?.["openai/outputTemplate"], "ui://widget/things.html");
    assert.equal(page?._meta?.["openai/toolInvocation/invoking"], "Looking...");
    assert.equal(page?._meta?.["openai/widgetAccessible"], true);
    assert.equal(page?._meta?.["openai/resultCanProduceWidget"], true);
  });

  it("is the page of its build under an address with a hash, however many builds ago that was", async () => {
    for (const [hash, text] of [
      ["1111aaaa", "<p>new</p>"],
      ["0000bbbb", "<p>old</p>"],
    ]) {
      const page = await read(`ui://widget/things.${hash}.html`);
      assert.equal(page?.mimeType, "text/html;profile=mcp-app");
      assert.equal(page && "text" in page && page.text, text);
    }
  });

  it("says in both dialects that it loads nothing and connects to nothing", async () => {
    for (const uri of ["ui://widget/things.html", "ui://widget/things.1111aaaa.html"]) {
      const meta = (await read(uri))?._meta;
      assert.deepEqual(meta?.["ui"], { csp: { connectDomains: [], resourceDomains: [] }, prefersBorder: true });
      assert.deepEqual(meta?.["openai/widgetCSP"], { connect_domains: [], resource_domains: [] });
      assert.equal(meta?.["openai/widgetDescription"], "Shows things");
    }
  });

  it("asks each host for an origin in that host's own form", async () => {
    const domain = async (from: WidgetReader) => {
      const meta = (await read("ui://widget/things.1111aaaa.html", from))?._meta;
      const ui: unknown = meta?.["ui"];
      const asked = typeof ui === "object" && ui !== null && "domain" in ui ? ui.domain : undefined;
      return [asked, meta?.["openai/widgetDomain"]];
    };
    const forClaude = (url: string) =>
      `${createHash("sha256").update(url).digest("hex").slice(0, 32)}.claudemcpcontent.com`;
    assert.deepEqual(await domain(reader("claude")), [forClaude(mcpUrl), undefined]);
    assert.deepEqual(await domain(reader("claude", `${mcpUrl}/`)), [forClaude(`${mcpUrl}/`), undefined]);
    assert.deepEqual(await domain(reader("chatgpt")), ["https://bell.example", "https://bell.example"]);
    assert.deepEqual(await domain(reader("chatgpt", "http://localhost:3002/mcp")), [undefined, undefined]);
    assert.deepEqual(await domain(reader("mcp")), [undefined, undefined]);
  });

  it("that never was is not found, and the address is named", async () => {
    for (const uri of [
      "ui://widget/none.html",
      "ui://widget/things.ffffffff.html",
      "ui://widget/things.js",
      "ui://widget/../things.html",
      "ui://widget/things.html?x",
      "https://bell.example/widgets/things.html",
      "",
    ])
      await assert.rejects(read(uri), (error) => error instanceof Error && error.message.includes(uri));
  });
});
