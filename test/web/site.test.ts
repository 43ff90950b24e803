import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { startBellhop } from "../bellhop.ts";
import { screenshot } from "../browser.ts";
import { assertAccessible, assertFits, phone, serve, visit } from "./stage.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const PUBLISHED = { baseUrl: "https://bellhop.example.org", mcpUrl: "https://bellhop.example.org/mcp" };
const UNESCAPED: Readonly<Record<string, string>> = { "&amp;": "&", "&quot;": '"', "&lt;": "<", "&gt;": ">" };

const ask = async (address: string, headers: Record<string, string> = { accept: BROWSER }) => {
  const response = await fetch(address, { headers, redirect: "manual" });
  return { response, html: await response.text() };
};

/** The values that a page offers to copy, by what they are called. */
const valuesOf = (html: string): readonly (readonly [what: string, value: string])[] =>
  [...html.matchAll(/data-copy="([^"]+)"><pre><code>([^]*?)<\/code>/g)].map(([, what = "", value = ""]) => [
    what,
    value.replace(/&\w+;/g, (entity) => UNESCAPED[entity] ?? entity),
  ]);

for (const path of ["/", "/mcp"]) {
  test(`${path} shows the exact values of a published server`, async (t) => {
    const { url } = await serve(t, PUBLISHED);
    const { response, html } = await ask(`${url}${path}`);
    assert.equal(response.status, 200);
    assert.deepEqual(valuesOf(html), [
      ["the address", "https://bellhop.example.org/mcp"],
      ["the address", "https://bellhop.example.org/mcp"],
      ["the address", "https://bellhop.example.org/mcp"],
      ["the command", "claude mcp add --transport http bellhop https://bellhop.example.org/mcp"],
      ["the settings", JSON.stringify({ mcpServers: { bellhop: { url: PUBLISHED.mcpUrl } } }, null, 2)],
      ["the command", "npm start -- client create chatgpt"],
      ["the authorization URL", "https://bellhop.example.org/oauth/chatgpt/authorize"],
      ["the token URL", "https://bellhop.example.org/oauth/chatgpt/token"],
      ["the scopes", "mcp:invoke wallet:read profile"],
      [
        "the commands",
        "npm start -- client add-redirect CLIENT_ID https://chat.openai.com/aip/GPT_ID/oauth/callback\n" +
          "npm start -- client add-redirect CLIENT_ID https://chatgpt.com/aip/GPT_ID/oauth/callback",
      ],
      ["the address", "https://bellhop.example.org/mcp"],
    ]);
    for (const name of ["ChatGPT", "Claude", "Claude Code", "Cursor", "GPT Actions"])
      assert.ok(html.includes(`>${name}</h3>`), name);
    assert.match(html, /comes with the channel that answers them, and this version of Bellhop has none/);
    assert.doesNotMatch(html, /need a public https address|localhost|SERVER_BASE_URL/);
  });

  test(`${path} says plainly what a server on this machine cannot do yet`, async (t) => {
    const { url } = await serve(t);
    const { html } = await ask(`${url}${path}`);
    assert.ok(html.includes("ChatGPT and Claude need a public https address"));
    assert.ok(html.includes(`in front of port ${new URL(url).port}`));
    const values = valuesOf(html).map(([, value]) => value);
    assert.ok(values.includes("SERVER_BASE_URL=https://bellhop.example.com BELLHOP_TRUSTED_PROXIES=1 npm start"));
    assert.ok(values.includes(`claude mcp add --transport http bellhop ${url}/mcp`));
    const toGpt = html.slice(html.indexOf('id="gpt-actions"'), html.indexOf('id="others"'));
    assert.match(toGpt, /A GPT calls from its own servers/);
    assert.equal(toGpt.includes("data-copy"), false);
    const toChatGpt = html.slice(html.indexOf('id="chatgpt"'), html.indexOf('id="claude-code"'));
    assert.equal(
      toChatGpt.includes(url),
      false,
      "an address that ChatGPT and Claude cannot reach is not offered there",
    );
  });
}

test("the link for Cursor carries the server's entry of mcp.json", async (t) => {
  const { url } = await serve(t, PUBLISHED);
  const { html } = await ask(`${url}/mcp`);
  const link = new URL((/href="(cursor:[^"]+)"/.exec(html)?.[1] ?? "").replaceAll("&amp;", "&"));
  assert.equal(`${link.protocol}//${link.host}${link.pathname}`, "cursor://anysphere.cursor-deeplink/mcp/install");
  assert.equal(link.searchParams.get("name"), "bellhop");
  const config = Buffer.from(link.searchParams.get("config") ?? "", "base64").toString("utf8");
  assert.deepEqual(JSON.parse(config), { url: PUBLISHED.mcpUrl });
});

test("the pages need nobody to be signed in, run no inline code, and are under the policy of all our pages", async (t) => {
  const { url } = await serve(t);
  for (const path of ["/", "/mcp", "/docs", "/docs/settings", "/docs/nothing-here"]) {
    const { response, html } = await ask(`${url}${path}`);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]{22}';/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(response.headers.get("x-frame-options"), "DENY");
    assert.doesNotMatch(html, /<script(?![^>]+src=")|<style|\sstyle=|\son\w+=/, path);
    for (const [, address = ""] of html.matchAll(/(?:src|<link[^>]+href)="([^"]+)"/g)) {
      assert.match(address, /^\/[^/]/, "nothing is loaded from elsewhere");
      assert.equal((await fetch(url + address)).status, 200, address);
    }
  }
});

test("the site's files are kept for a year under names that change with them", async (t) => {
  const { url } = await serve(t);
  const { html } = await ask(`${url}/`);
  const [style = ""] = /\/site\/site-[\w-]+\.css/.exec(html) ?? [];
  const response = await fetch(url + style);
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.match(await response.text(), /url\("\/app\/assets\/inter-latin-wght-normal-/, "the console's own letters");
  assert.equal((await fetch(`${url}/site/site-000000000000.css`)).status, 404);
});

test("paper and ink are those of the console", async (t) => {
  const { url } = await serve(t);
  const [style = ""] = /\/site\/site-[\w-]+\.css/.exec((await ask(`${url}/`)).html) ?? [];
  const ours = [...(await (await fetch(url + style)).text()).matchAll(/^ {2}(--[\w-]+: light-dark\([^)]+\));/gm)];
  const console = readFileSync(
    join(import.meta.dirname, "..", "..", "src", "console", "styles", "paper-and-ink.css"),
    "utf8",
  );
  assert.ok(ours.length > 5);
  for (const [, colour = ""] of ours) assert.ok(console.includes(colour), colour);
});

test("what the settings hold is text in the page", async (t) => {
  const mcpUrl = `https://a.example/"><script>alert(1)</script>`;
  const { url } = await serve(t, { ...PUBLISHED, mcpUrl });
  const { html } = await ask(`${url}/`);
  assert.equal(html.includes("<script>alert"), false);
  assert.equal(valuesOf(html)[0]?.[1], mcpUrl);
});

test("an assistant at /mcp is answered as ever, a browser gets the page", async (t) => {
  const { mcpUrl } = await startBellhop(t);
  const problem = z.object({ error: z.string() });
  const asAssistant = async (init: RequestInit) => {
    const response = await fetch(mcpUrl, init);
    return {
      status: response.status,
      challenge: response.headers.get("www-authenticate"),
      body: await response.text(),
    };
  };
  for (const accept of ["*/*", "text/event-stream", "application/json, text/event-stream"]) {
    const { status, challenge, body } = await asAssistant({ headers: { accept } });
    assert.equal(status, 401, accept);
    assert.match(challenge ?? "", /^Bearer resource_metadata=/);
    assert.equal(problem.parse(JSON.parse(body)).error, "authentication_required");
  }
  for (const init of [
    { method: "POST", body: "{}", headers: { accept: BROWSER, "content-type": "application/json" } },
    { method: "DELETE", headers: { accept: BROWSER } },
    { headers: { accept: BROWSER, authorization: "Bearer nonsense" } },
  ])
    assert.equal((await asAssistant(init)).status, 401, JSON.stringify(init));
  for (const address of [mcpUrl, `${mcpUrl}/`]) {
    const { response, html } = await ask(address);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("vary")?.includes("accept"), true);
    assert.ok(html.includes(`claude mcp add --transport http bellhop ${mcpUrl}</code>`));
  }
});

const looks = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", phone],
  ["phone-dark", { ...phone, colorScheme: "dark" }],
] as const;

for (const [look, options] of looks) {
  test(`landing and connect in ${look}: readable by all, no wider than the window`, async (t: TestContext) => {
    const { page, url } = await visit(t, options);
    for (const [name, path] of [
      ["landing", "/"],
      ["connect", "/mcp"],
    ] as const) {
      await page.goto(`${url}${path}`);
      await page.getByRole("button", { name: "Copy the address" }).first().waitFor();
      await assertAccessible(page);
      await assertFits(page);
      await screenshot(page, "docs", `${name}-${look}`);
    }
  });
}

for (const [look, options] of [looks[0], looks[3]] as const) {
  test(`what a published server gives to paste, in ${look}: readable by all, no wider than the window`, async (t) => {
    const { page, url } = await visit(t, options, PUBLISHED);
    await page.goto(`${url}/mcp`);
    await page.getByRole("button", { name: "Copy the authorization URL" }).waitFor();
    await assertAccessible(page);
    await assertFits(page);
    await screenshot(page, "docs", `connect-published-${look}`);
  });
}

test("a value is copied with one press, by mouse or keyboard, and the page says so", async (t) => {
  const { page, url } = await visit(t, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(url);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
  const command = page.getByRole("button", { name: "Copy the command" }).last();
  await command.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "Copied the command" }).waitFor({ state: "attached" });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, `claude mcp add --transport http bellhop ${url}/mcp`);
});

test("where the clipboard is refused, the value is marked instead", async (t) => {
  const { page, url } = await visit(t);
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
  });
  await page.goto(url);
  await page.getByRole("button", { name: "Copy the address" }).first().click();
  await page.getByText("Marked", { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => String(getSelection())), `${url}/mcp`);
});

test("without a script everything is there to read", async (t) => {
  const { page, url } = await visit(t, { javaScriptEnabled: false });
  await page.goto(url);
  await page.getByText(`claude mcp add --transport http bellhop ${url}/mcp`).waitFor();
  assert.equal(await page.getByRole("button").count(), 0);
});
