import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { docsList } from "../../src/channels/web/docs-list.ts";
import { escapeHtml } from "../../src/channels/web/html.ts";
import { screenshot } from "../browser.ts";
import { assertAccessible, assertFits, phone, serve, visit } from "./stage.ts";

const DOCS = join(import.meta.dirname, "..", "..", "docs");
const written = (name: string): string => readFileSync(join(DOCS, `${name}.md`), "utf8");
const titleOf = (name: string): string => /^# (.+)$/m.exec(written(name))?.[1] ?? "";

const read = async (address: string) => {
  const response = await fetch(address, { redirect: "manual" });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

const linksOf = (html: string): readonly string[] =>
  [...html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)].map(([, href = ""]) => href.replaceAll("&amp;", "&"));

test("every page in docs/ is served, and listed with a line about it", async (t) => {
  const { url } = await serve(t);
  const names = readdirSync(DOCS).filter((name) => name.endsWith(".md"));
  assert.deepEqual(docsList.map(({ name }) => `${name}.md`).toSorted(), names.toSorted());
  const { text: index } = await read(`${url}/docs`);
  for (const { name, summary } of docsList) {
    const { status, type, text } = await read(`${url}/docs/${name}`);
    assert.deepEqual([status, type], [200, "text/html; charset=utf-8"], name);
    assert.ok(text.includes(`<h1>${titleOf(name)}</h1>`), name);
    assert.match(summary, /^[A-Z].+\.$/);
    assert.ok(index.includes(`<a href="/docs/${name}">${titleOf(name)}</a>`), name);
  }
});

test("every page is there as Markdown too, letter by letter", async (t) => {
  const { url } = await serve(t);
  for (const { name } of docsList) {
    const { type, text } = await read(`${url}/docs/${name}.md`);
    assert.equal(type, "text/markdown; charset=utf-8");
    assert.equal(text, written(name));
  }
});

test("no link of ours leads nowhere, and no words lost their link", async (t) => {
  const { url } = await serve(t);
  const pages = ["/", "/mcp", "/docs", ...docsList.map(({ name }) => `/docs/${name}`)];
  const texts = new Map<string, string>();
  const page = async (path: string): Promise<string> => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const response = await fetch(url + path, { headers: { accept: "text/html" } });
    assert.equal(response.status, 200, path);
    const text = await response.text();
    texts.set(path, text);
    return text;
  };
  for (const path of pages) {
    for (const href of linksOf(await page(path))) {
      const target = new URL(href, url + path);
      if (target.origin !== url) continue;
      const text = await page(target.pathname);
      const part = decodeURIComponent(target.hash.slice(1));
      assert.ok(part === "" || text.includes(` id="${part}"`), `${path} links to ${href}`);
    }
  }
  for (const { name } of docsList) {
    const wanted = [...written(name).matchAll(/(?<!!)\[[^\]]+\]\(([^)\s]+)\)/g)].map(([, href]) => href);
    const { text } = await read(`${url}/docs/${name}`);
    const article = text.slice(text.indexOf("<article>"), text.indexOf("</article>"));
    assert.equal(linksOf(article).length, wanted.length, `${name} links only to https and to pages that are served`);
  }
});

test("each page names the others, its parts, and the pages before and after it", async (t) => {
  const { url } = await serve(t);
  for (const [at, { name }] of docsList.entries()) {
    const { text } = await read(`${url}/docs/${name}`);
    assert.ok(text.includes(`<a href="/docs/${name}" aria-current="page">`));
    const before = docsList[at - 1];
    const after = docsList[at + 1];
    assert.equal(/rel="prev" href="\/docs\/([\w-]+)"/.exec(text)?.[1], before?.name);
    assert.equal(/rel="next" href="\/docs\/([\w-]+)"/.exec(text)?.[1], after?.name);
    for (const [, heading = ""] of written(name)
      .replace(/^```[^]*?^```/gm, "")
      .matchAll(/^## (.+)$/gm))
      assert.ok(text.includes(`>${escapeHtml(heading)}</a>`), `${name} lists ${heading}`);
  }
});

test("an address without a page says so, and what there is", async (t) => {
  const { url } = await serve(t);
  for (const path of ["/docs/nothing", "/docs/nothing.md", "/docs/..%2fpackage.json", "/docs/a/b", "/docs/settings/"]) {
    const { status, type, text } = await read(url + path);
    assert.deepEqual([status, type], [404, "text/html; charset=utf-8"], path);
    assert.ok(text.includes("There is no such page") && text.includes("/docs/first-ten-minutes"));
  }
  const post = await fetch(`${url}/docs/settings`, { method: "POST" });
  assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
});

test("the picture of the one door is there", async (t) => {
  const { url } = await serve(t);
  const { text } = await read(`${url}/docs/how-it-works`);
  const [, source = ""] = /<img src="(\/docs\/[^"]+)"/.exec(text) ?? [];
  const { status, type } = await read(url + source);
  assert.deepEqual([status, type], [200, "image/svg+xml; charset=utf-8"]);
  const { headers } = await fetch(url + source);
  assert.equal(headers.get("content-security-policy"), "default-src 'none'; style-src 'unsafe-inline'; sandbox");
});

test("/llms.txt has the form of llmstxt.org: a title, a summary, and links with a line each", async (t) => {
  const baseUrl = "https://bellhop.example.org";
  const { url } = await serve(t, { baseUrl, mcpUrl: `${baseUrl}/mcp` });
  const { status, type, text } = await read(`${url}/llms.txt`);
  assert.deepEqual([status, type], [200, "text/plain; charset=utf-8"]);
  assert.match(text, /^# Bellhop\n\n> [^\n]+\n\n[^#]+\n## Docs\n\n(?:- \[[^\]]+\]\([^)]+\): [^\n]+\n)+$/);
  assert.ok(text.includes(`${baseUrl}/mcp`));
  const links = [...text.matchAll(/^- \[(.+)\]\((.+)\): (.+)$/gm)].map(([, ...parts]) => parts);
  assert.deepEqual(
    links,
    docsList.map(({ name, summary }) => [titleOf(name), `${baseUrl}/docs/${name}.md`, summary]),
  );
});

const looks = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { ...phone, colorScheme: "dark" }],
] as const;

for (const [look, options] of looks) {
  test(`the pages in ${look}: readable by all, no wider than the window`, async (t: TestContext) => {
    const { page, url } = await visit(t, options);
    for (const name of ["", ...docsList.map((one) => `/${one.name}`)]) {
      await page.goto(`${url}/docs${name}`);
      await assertAccessible(page);
      await assertFits(page);
      await screenshot(page, "docs", `docs${name.replace("/", "-")}-${look}`, false);
    }
  });
}

test("on a phone the contents of a page unfold, and lead to its parts", async (t) => {
  const { page, url } = await visit(t, phone);
  await page.goto(`${url}/docs/add-a-tool`);
  const contents = page.getByRole("navigation", { name: "On this page" });
  assert.equal(await contents.count(), 0, "folded, and the wide one is not there at all");
  await page.getByText("On this page").locator("visible=true").click();
  await contents.getByRole("link", { name: "Test it" }).click();
  await page.waitForURL(/#test-it$/);
  const box = await page.getByRole("heading", { name: "Test it" }).boundingBox();
  assert.ok(box && box.y < 100);
});

test("reading on, from the first page to the last, by keyboard", async (t) => {
  const { page, url } = await visit(t);
  await page.goto(`${url}/docs/${docsList[0]?.name}`);
  for (const { name } of docsList.slice(1)) {
    await page.getByRole("link", { name: /^Next/ }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${url}/docs/${name}`);
  }
  assert.equal(await page.getByRole("link", { name: /^Next/ }).count(), 0);
});
