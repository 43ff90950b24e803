import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { failNext } from "./world.ts";
import { consentOf } from "./samples.ts";
import { type Visit, assertAccessible, assertFits, phone, visit } from "./stage.ts";

/** Stands in for the client's own site, which the test cannot reach. */
const clientSite = (page: Page) =>
  page.route("https://claude.ai/**", (route) =>
    route.fulfill({ contentType: "text/html", body: "<h1>Back at the client</h1>" }),
  );

async function asked(
  t: Parameters<typeof visit>[0],
  consent = consentOf(),
  options: Parameters<typeof visit>[1] = {},
): Promise<Visit> {
  const visited = await visit(t, options);
  visited.world.person = "ada@example.com";
  visited.world.consents.set("h1", consent);
  await clientSite(visited.page);
  await visited.page.goto(`${visited.url}/app/consent?request=h1`);
  return visited;
}

test("the page names the client, where the answer goes, what it may do, and who decides", async (t) => {
  const { page } = await asked(t, consentOf({ droppedScopes: ["privy:token:exchange"] }));
  await page.getByRole("heading", { name: "Let Claude act for you?" }).waitFor();
  for (const text of [
    "Its name is not verified.",
    "c_7f3kQm2xV9",
    "claude.ai",
    "Read your items and intents",
    "Add to and change your items and intents",
    "See who you are and your receipts",
    "privy:token:exchange",
    "ada@example.com",
  ]) {
    await page.getByText(text).first().waitFor();
  }
  assert.equal(await page.title(), "Let Claude act for you? · Bellhop");
  await assertAccessible(page);
  await screenshot(page, "web", "consent");
});

test("allow and decline weigh the same, and neither has the focus", async (t) => {
  const { page } = await asked(t);
  const look = (name: string) =>
    page.getByRole("button", { name, exact: true }).evaluate((button) => {
      const { color, backgroundColor, borderColor, fontWeight, fontSize } = getComputedStyle(button);
      const { width, height } = button.getBoundingClientRect();
      return { color, backgroundColor, borderColor, fontWeight, fontSize, width, height };
    });
  assert.deepEqual(await look("Allow"), await look("Decline"));
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "BODY");
});

test("allowing takes the person back to the client with its code", async (t) => {
  const { page, world } = await asked(t);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Back at the client" }).waitFor();
  assert.equal(page.url(), "https://claude.ai/api/mcp/auth_callback?code=one-time-code");
  assert.deepEqual(world.decisions, [{ request: "h1", user_consent: true, person: "ada@example.com" }]);
});

test("declining takes the person back with access_denied, and links nothing", async (t) => {
  const { page, world } = await asked(t);
  await page.getByRole("button", { name: "Decline" }).click();
  await page.getByRole("heading", { name: "Back at the client" }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("error"), "access_denied");
  assert.equal(world.decisions[0]?.user_consent, false);
});

test("the whole decision by keyboard alone", async (t) => {
  const { page, world } = await asked(t);
  await page.getByRole("button", { name: "Allow" }).waitFor();
  const reached: string[] = [];
  while (reached.at(-1) !== "Allow") {
    assert.ok(reached.length < 10, `Allow was not reached: ${reached.join(", ")}`);
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement?.textContent ?? ""));
  }
  assert.deepEqual(reached, ["Use another account", "Decline", "Allow"]);
  await screenshot(page, "web", "consent-keyboard");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Back at the client" }).waitFor();
  assert.equal(world.decisions[0]?.user_consent, true);
});

test("a person who is not signed in signs in on the same page, and the question goes on", async (t) => {
  const { page, url, world } = await visit(t);
  world.consents.set("h1", consentOf());
  await clientSite(page);
  await page.goto(`${url}/app/consent?request=h1`);
  await page.getByRole("heading", { name: "Sign in to link Claude" }).waitFor();
  await page.getByText("claude.ai").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "consent-sign-in");
  await page.getByLabel("Email").fill("grace@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code", { exact: true }).fill("424241");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Let Claude act for you?" }).waitFor();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Back at the client" }).waitFor();
  assert.equal(world.decisions[0]?.person, "grace@example.com");
});

test("another account can be used before deciding", async (t) => {
  const { page, world } = await asked(t);
  await page.getByRole("button", { name: "Use another account" }).click();
  await page.getByRole("heading", { name: "Sign in to link Claude" }).waitFor();
  assert.equal(world.person, null);
  assert.equal(world.decisions.length, 0);
});

test("a program on this computer is named as such, and the page stays to say what is next", async (t) => {
  const { page, url, world } = await asked(t, consentOf({ redirectHost: "127.0.0.1", redirectKind: "loopback" }));
  await page.getByText("This is a program on this computer.").waitFor();
  await screenshot(page, "web", "consent-loopback");
  world.redirectUri = `${url}/callback-of-the-program`;
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL("**/callback-of-the-program?code=one-time-code");
});

test("an app that opens beside the browser leaves the page in view, done and with the way back", async (t) => {
  const consent = consentOf({
    client: { id: "c_cursor", name: "Cursor", uri: null },
    redirectHost: "cursor://anysphere.cursor-mcp",
    redirectKind: "app",
  });
  const { page, world } = await asked(t, consent);
  await page.getByText("This opens an app on this device.").waitFor();
  world.redirectUri = "cursor://anysphere.cursor-mcp/oauth/callback";
  await page.getByRole("button", { name: "Allow" }).click();
  const heading = page.getByRole("heading", { name: "Cursor is linked" });
  await heading.waitFor();
  assert.ok(await heading.evaluate((element) => element === document.activeElement), "the outcome has the focus");
  await page.getByText("Cursor opens by itself.").waitFor();
  assert.equal(
    await page.getByRole("link", { name: "Go back to Cursor" }).getAttribute("href"),
    "cursor://anysphere.cursor-mcp/oauth/callback?code=one-time-code",
  );
  await assertAccessible(page);
  await screenshot(page, "web", "consent-done");
});

test("declining an app leaves the page in view, too", async (t) => {
  const { page, world } = await asked(t, consentOf({ redirectHost: "cursor://x", redirectKind: "app" }));
  world.redirectUri = "cursor://x/callback";
  await page.getByRole("button", { name: "Decline" }).click();
  await page.getByRole("heading", { name: "You declined" }).waitFor();
  await screenshot(page, "web", "consent-declined");
});

test("an expired, used or foreign request says so, and where to begin again", async (t) => {
  const { page, url } = await visit(t);
  await page.goto(`${url}/app/consent?request=gone`);
  await page.getByRole("heading", { name: "This request cannot be used" }).waitFor();
  await page.getByText("This request is too old, or was opened in another browser.").waitFor();
  await page.getByText("link again from there").waitFor();
  await page.getByText(/^Request id/).waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "consent-gone");
  await page.goto(`${url}/app/consent`);
  await page.getByText("This address names no request.").waitFor();
});

test("a request that ends while the page is open says so on deciding", async (t) => {
  const { page, world } = await asked(t);
  await page.getByRole("button", { name: "Allow" }).waitFor();
  world.consents.clear();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("This request is too old, or was opened in another browser.").waitFor();
  assert.equal(world.decisions.length, 0);
});

test("a session that ended meanwhile leads to signing in, not to a dead end", async (t) => {
  const { page, world } = await asked(t);
  failNext(world, "POST /authorize", new AppError("authentication_required", "Sign in before you decide."));
  await page.getByRole("button", { name: "Allow" }).waitFor();
  world.person = null;
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Sign in to link Claude" }).waitFor();
});

test("another person who signed in meanwhile is named before they can answer", async (t) => {
  const { page, world } = await asked(t);
  const conflict = new AppError("conflict", "You are signed in as somebody else now.", {
    next: "Look at who is signed in, and decide again.",
  });
  failNext(world, "POST /authorize", conflict);
  await page.getByText("ada@example.com").waitFor();
  world.person = "grace@example.com";
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("grace@example.com").waitFor();
  assert.equal(world.decisions.length, 0);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Back at the client" }).waitFor();
  assert.equal(world.decisions[0]?.person, "grace@example.com");
});

test("error-page-javascript-url: an address that would run in the page is never followed", async (t) => {
  const { page, world } = await asked(t);
  world.redirectUri = "javascript:alert(document.domain)//";
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("The server named an address that this page does not open.").waitFor();
  assert.equal(await page.locator("a[href^=javascript]").count(), 0);
});

test("a client's name is text, however it is written", async (t) => {
  const name = `<img src=x onerror=alert(1)>"'&`;
  const { page } = await asked(t, consentOf({ client: { id: "c", name, uri: "javascript:alert(1)" } }));
  await page.getByRole("heading", { name: `Let ${name} act for you?` }).waitFor();
  assert.equal(await page.locator("img").count(), 0);
});

test("a client that opened the page in its popup keeps its tie to it", async (t) => {
  const { page, url, world } = await visit(t);
  world.consents.set("h1", consentOf());
  await page.route("https://client.example/**", (route) =>
    route.fulfill({ contentType: "text/html", body: "<h1>Client</h1>" }),
  );
  await page.goto("https://client.example/");
  const popup = page.waitForEvent("popup");
  await page.evaluate((address) => void window.open(address), `${url}/app/consent?request=h1`);
  const consent = await popup;
  await consent.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await consent.evaluate(() => window.opener === null), false);
});

test("on a phone, in the dark", async (t) => {
  const { page } = await asked(t, consentOf({ redirectHost: "a-rather-long-subdomain.of-a-client.example.com" }), {
    ...phone,
    colorScheme: "dark",
  });
  await page.getByRole("button", { name: "Allow" }).waitFor();
  await screenshot(page, "web", "consent-phone-dark");
  await assertFits(page);
  await assertAccessible(page);
});
