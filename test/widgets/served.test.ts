import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { openBrowser } from "../browser.ts";
import { echoed } from "./answers.ts";

test("the widgets' files over HTTP", async (t) => {
  const bellhop = await startBellhop(t);
  const get = (name: string, headers: Record<string, string> = {}) =>
    fetch(`${bellhop.url}/widgets/${name}`, { headers });
  const plain = ["echo.js", "list-view.js", "intent-display.js", "mcp2.css"];

  await t.test("have the names that mcp2 published, and are asked for again each time", async () => {
    for (const name of plain) {
      const response = await get(name);
      assert.equal(response.status, 200, name);
      assert.equal(response.headers.get("cache-control"), "no-cache");
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.match(
        response.headers.get("content-type") ?? "",
        name.endsWith("css") ? /^text\/css/ : /^text\/javascript/,
      );
      const etag = response.headers.get("etag") ?? "";
      assert.equal((await get(name, { "if-none-match": etag })).status, 304);
      assert.equal((await get(name, { "if-none-match": `"other", W/${etag}` })).status, 304);
      assert.equal((await get(name, { "if-none-match": '"other"' })).status, 200);
    }
  });

  await t.test("have names with a hash too, which hold for good", async () => {
    for (const name of [...plain, "list-view.html"]) {
      const hash = (await get(name)).headers.get("etag")?.replaceAll('"', "");
      const [stem, extension] = name.split(".");
      const hashed = await get(`${stem}.${hash}.${extension}`);
      assert.equal(hashed.status, 200, name);
      assert.equal(hashed.headers.get("cache-control"), "public, max-age=31536000, immutable");
      assert.equal(hashed.headers.get("access-control-allow-origin"), "*");
      assert.equal(await hashed.text(), await (await get(name)).text());
    }
  });

  await t.test("a page that someone opens by its address has no part of our origin", async () => {
    const policy = (await get("list-view.html")).headers.get("content-security-policy") ?? "";
    assert.match(policy, /sandbox allow-scripts/);
    assert.doesNotMatch(policy, /allow-same-origin/);
    assert.match(policy, /connect-src 'none'/);
  });

  await t.test("nothing else is there, and nothing can be written", async () => {
    for (const name of [
      "none.js",
      "list-view.0000000000000000.js",
      "list-view.ts",
      "..%2fpackage.json",
      "%00.js",
      "list-view.js.map",
      "",
    ])
      assert.equal((await get(name)).status, 404, name);
    const written = await fetch(`${bellhop.url}/widgets/echo.js`, { method: "POST", body: "x" });
    assert.equal(written.status, 405);
    assert.equal(written.headers.get("allow"), "GET, HEAD");
    const head = await fetch(`${bellhop.url}/widgets/echo.js`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), "");
  });

  await t.test("the page that mcp2 gave to ChatGPT still works from another origin", async () => {
    const shell = `<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <link rel="stylesheet" crossorigin href="${bellhop.url}/widgets/mcp2.css">
    <script>window.openai = { toolOutput: ${JSON.stringify(echoed.structuredContent)}, theme: "dark" };</script>
  </head>
  <body>
    <div id="root"></div>
    <script type="module" crossorigin src="${bellhop.url}/widgets/echo.js"></script>
  </body>
</html>`;
    const elsewhere = createServer((_request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(shell);
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    t.after(() => elsewhere.close());
    const address = elsewhere.address();
    assert.ok(typeof address === "object" && address);
    const page = await (await openBrowser(t)).newPage();
    await page.goto(`http://127.0.0.1:${address.port}`);
    await page.getByText("someone who listens").waitFor();
    assert.equal(
      await page.locator("main").evaluate((main) => getComputedStyle(main).paddingTop),
      "16px",
      "with its styles",
    );
  });

  await t.test(
    "the emulator's sandbox is as strict as the strictest host, and only our own pages frame it",
    async () => {
      const response = await get(`sandbox?csp=${encodeURIComponent('{"connectDomains":["https://api.example"]}')}`);
      const policy = response.headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /connect-src https:\/\/api\.example;/);
      assert.ok(policy.includes(`frame-ancestors ${bellhop.url};`));
      assert.match(policy, /sandbox allow-scripts allow-forms$/);
      for (const unreadable of ["", "{", "[]", "7", '{"connectDomains":7}'])
        assert.match(
          (await get(`sandbox?csp=${encodeURIComponent(unreadable)}`)).headers.get("content-security-policy") ?? "",
          /connect-src 'none'/,
        );
    },
  );
});
