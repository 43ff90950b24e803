import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { temporaryDirectory } from "../bellhop.ts";
import { consoleDirectory, serve } from "./stage.ts";

const PAGES = [
  "/app",
  "/app/",
  "/app/sign-in",
  "/app/consent?request=h",
  "/app/linked-accounts",
  "/app/receipts",
  "/app/any/depth",
];

/** Asks for a path exactly as written, which `fetch` would tidy first. */
function ask(url: string, path: string, method = "GET"): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const { hostname, port } = new URL(url);
  request({ hostname, port, path, method }, (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
  })
    .on("error", reject)
    .end();
  return promise;
}

test("every deep link is the page, under one strict policy", async (t) => {
  const { url } = await serve(t);
  for (const path of PAGES) {
    const response = await fetch(`${url}${path}`);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("x-frame-options"), "DENY");
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]{22}';/);
    assert.match(policy, /connect-src 'self'; img-src 'self' data:; font-src 'self'/);
    assert.match(policy, /base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  }
});

test("only the consent page, which a client may open in a popup, keeps its opener", async (t) => {
  const { url } = await serve(t);
  const openerPolicy = async (path: string) => (await fetch(`${url}${path}`)).headers.get("cross-origin-opener-policy");
  for (const path of PAGES)
    assert.equal(await openerPolicy(path), path.startsWith("/app/consent") ? null : "same-origin", path);
});

test("a nonce is in the page and in its policy, and never comes twice", async (t) => {
  const { url } = await serve(t);
  const nonces = await Promise.all(
    [1, 2, 3].map(async () => {
      const response = await fetch(`${url}/app`);
      const nonce = /'nonce-([\w-]+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1] ?? "";
      const html = await response.text();
      assert.ok(html.includes(`nonce="${nonce}"`));
      assert.doesNotMatch(html, /\{\{|\}\}/, "nothing is left open");
      return nonce;
    }),
  );
  assert.equal(new Set(nonces).size, 3);
});

test("what the server writes into the page is text", async (t) => {
  const { url } = await serve(t, { mcpUrl: `https://a.example/"><script>alert(1)</script>$&` });
  const html = await (await fetch(`${url}/app`)).text();
  assert.ok(html.includes("https://a.example/&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;$&amp;"));
});

test("hashed files are kept for a year, compressed where asked, and recognised", async (t) => {
  const { url } = await serve(t);
  const names = readdirSync(join(consoleDirectory, "assets"));
  const script = names.find((name) => name.endsWith(".js")) ?? "";
  const plain = await fetch(`${url}/app/assets/${script}`, { headers: { "accept-encoding": "identity" } });
  const source = await plain.text();
  assert.equal(source, readFileSync(join(consoleDirectory, "assets", script), "utf8"));
  assert.equal(plain.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(plain.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(plain.headers.get("content-encoding"), null);
  const packed = await new Promise<Buffer>((resolve, reject) => {
    request(`${url}/app/assets/${script}`, { headers: { "accept-encoding": "br;q=1, gzip;q=0.5" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks)));
    })
      .on("error", reject)
      .end();
  });
  assert.equal(gunzipSync(packed).toString("utf8"), source);
  const etag = plain.headers.get("etag") ?? "";
  assert.equal((await fetch(`${url}/app/assets/${script}`, { headers: { "if-none-match": etag } })).status, 304);
  const font = names.find((name) => name.endsWith(".woff2")) ?? "";
  assert.equal((await fetch(`${url}/app/assets/${font}`)).headers.get("content-type"), "font/woff2");
});

test("the first load's scripts weigh at most 250 kB", async (t) => {
  const { url } = await serve(t);
  const html = await (await fetch(`${url}/app`)).text();
  const scripts = [...html.matchAll(/(?:src|href)="(\/app\/assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? "");
  assert.ok(scripts.length > 0);
  let bytes = 0;
  for (const path of scripts) {
    const response = await fetch(`${url}${path}`, { headers: { "accept-encoding": "gzip" } });
    bytes += Number(response.headers.get("content-length") ?? Number.NaN);
  }
  t.diagnostic(`console script, first load: ${(bytes / 1000).toFixed(1)} kB gzip`);
  assert.ok(bytes <= 250_000, `${bytes} bytes`);
});

test("the icon is there under every name that browsers ask for", async (t) => {
  const { url } = await serve(t);
  for (const path of ["/favicon.ico", "/favicon.svg", "/app/favicon.svg"]) {
    const response = await fetch(`${url}${path}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "image/svg+xml");
    const policy = response.headers.get("content-security-policy");
    assert.equal(policy, "default-src 'none'; style-src 'unsafe-inline'; sandbox", "opened by itself it is a document");
  }
});

test("no spelling of a path leads out of the built files", async (t) => {
  const { url } = await serve(t);
  const spellings = [
    "/app/assets/../../../package.json",
    "/app/assets/..%2f..%2f..%2fpackage.json",
    "/app/assets/%2e%2e/%2e%2e/package.json",
    "/app/assets/..%5c..%5cpackage.json",
    "/app/assets//etc/passwd",
    "/app/assets/%00",
    "/app/assets/%",
    "/favicon.svg/../package.json",
    "/../package.json",
    "/app/assets/missing.js",
  ];
  for (const path of spellings) {
    const { status, body } = await ask(url, path);
    assert.ok(status === 404 || status === 400 || status === 200, `${path}: ${status}`);
    assert.doesNotMatch(body, /"dependencies"|root:/, path);
    if (status === 200) assert.match(body, /<div id="root">/, path);
  }
  assert.equal((await ask(url, "/app/assets/missing.js")).status, 404, "a missing file is no page");
});

test("HEAD answers like GET without a body; other methods are refused by name", async (t) => {
  const { url } = await serve(t);
  for (const path of ["/app", "/app/receipts", "/favicon.svg"]) {
    const response = await fetch(`${url}${path}`, { method: "HEAD" });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "");
  }
  for (const path of ["/", "/app", "/app/consent", "/app/assets/x.js"]) {
    const response = await fetch(`${url}${path}`, { method: "POST" });
    assert.equal(response.status, 405, path);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
    assert.equal((await response.json()).error, "method_not_allowed");
  }
});

test("before the pages are built, the page says how to build them", async (t) => {
  const { url } = await serve(t, { consoleDirectory: join(temporaryDirectory(t), "nothing") });
  const response = await fetch(`${url}/app`);
  assert.equal(response.status, 503);
  assert.match(await response.text(), /Run <code>npm start<\/code>/);
  assert.equal((await fetch(`${url}/favicon.ico`)).status, 404);
});
