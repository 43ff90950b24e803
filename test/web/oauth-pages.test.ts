import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import * as z from "zod";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { openBrowser } from "../browser.ts";
import { pkce } from "../clients/raw-link.ts";
import { signIn } from "../e2e/person.ts";
import { assertAccessible, watch } from "./stage.ts";

const CALLBACK = "https://client.example/callback";

async function register(bellhop: Bellhop): Promise<string> {
  const answer = await fetch(`${bellhop.url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "<b>Client</b>", redirect_uris: [CALLBACK] }),
  });
  return z.object({ client_id: z.string() }).parse(await answer.json()).client_id;
}

/** An authorization address, with what is changed about it. */
function authorizeUrl(bellhop: Bellhop, clientId: string, change: Readonly<Record<string, string>> = {}): string {
  const url = new URL(`${bellhop.url}/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "read write",
    state: "s",
    code_challenge: pkce().challenge,
    code_challenge_method: "S256",
    ...change,
  }).toString();
  return url.href;
}

/** Opens a page, and asserts what holds for every page that has to do with linking. */
async function openSafely(browser: BrowserContext, url: string, wrongs: string[]): Promise<Page> {
  const page = await browser.newPage();
  watch(page, new URL(url).origin, wrongs);
  const answer = await page.goto(url);
  const headers = await answer?.allHeaders();
  const policy = headers?.["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'/, url);
  assert.match(policy, /frame-ancestors 'none'/, url);
  assert.match(policy, /base-uri 'none'/, url);
  assert.doesNotMatch(policy, /unsafe|\*/, url);
  assert.equal(headers?.["x-frame-options"], "DENY", url);
  assert.equal(headers?.["referrer-policy"], "no-referrer", url);
  assert.equal(headers?.["x-content-type-options"], "nosniff", url);
  assert.equal(headers?.["cache-control"], "no-store", url);
  return page;
}

test("every page that linking shows: strict policy, no framing, no referrer, clean for axe", async (t) => {
  const bellhop = await startBellhop(t);
  const browser = await openBrowser(t);
  const clientId = await register(bellhop);
  const wrongs: string[] = [];

  await t.test("signing in on the way", async () => {
    const page = await openSafely(browser, authorizeUrl(bellhop, clientId), wrongs);
    await page.getByLabel("Email").waitFor();
    await assertAccessible(page);
    await signIn(page, bellhop, "ana@example.com");
    await page.getByRole("button", { name: "Allow" }).waitFor();
    await page.close();
  });

  await t.test("the question", async () => {
    const page = await openSafely(browser, authorizeUrl(bellhop, clientId), wrongs);
    await page.getByRole("button", { name: "Allow" }).waitFor();
    await assertAccessible(page);
    await page.close();
  });

  await t.test("an error before the address is proven: it links nowhere", async () => {
    const page = await openSafely(
      browser,
      authorizeUrl(bellhop, "nobody", { redirect_uri: "javascript:alert(1)" }),
      wrongs,
    );
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.deepEqual(
      await page.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
      [],
    );
    await assertAccessible(page);
    await page.close();
  });

  await t.test("an error after it: the person may go there, and takes no referrer along", async () => {
    const page = await openSafely(browser, authorizeUrl(bellhop, clientId, { response_type: "token" }), wrongs);
    await assertAccessible(page);
    const [link] = await page.locator("a").all();
    assert.ok((await link?.getAttribute("href"))?.startsWith(`${CALLBACK}?error=`));
    const arrived = Promise.withResolvers<Record<string, string>>();
    await page.route(`${CALLBACK}**`, async (route) => {
      arrived.resolve(await route.request().allHeaders());
      await route.fulfill({ body: "" });
    });
    await link?.click();
    assert.equal((await arrived.promise)["referer"], undefined);
    await page.close();
  });

  await t.test("the linked accounts", async () => {
    const page = await openSafely(browser, `${bellhop.url}/app/linked-accounts`, wrongs);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await assertAccessible(page);
    await page.close();
  });

  assert.deepEqual(wrongs, []);
});
