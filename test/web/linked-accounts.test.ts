import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { failNext } from "./world.ts";
import { grantOf } from "./samples.ts";
import { type Visit, assertAccessible, assertFits, phone, pictureOfWindow, visit } from "./stage.ts";

const grants = [
  grantOf(),
  grantOf({
    id: "01939f00-0000-7000-8000-000000000002",
    clientName: "ChatGPT",
    channel: "chatgpt",
    redirectHost: "chatgpt.com",
    lastUsedAt: null,
    scopes: [{ name: "read", grants: "Read your items and intents" }],
  }),
];

async function signedIn(t: TestContext, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(t, options);
  visited.world.person = "ada@example.com";
  visited.world.grants = grants;
  return visited;
}

test("the linked accounts, each with what it may do and when it last did", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByRole("heading", { name: "Linked accounts" }).waitFor();
  assert.equal(await page.title(), "Linked accounts · Bellhop");
  const claude = page.getByRole("article", { name: "Claude" });
  for (const text of [
    "claude.ai · Claude",
    "Read your items and intents",
    "Linked 12 Nov 2026",
    "Last used 3 minutes ago",
  ]) {
    await claude.getByText(text).waitFor();
  }
  await page.getByRole("article", { name: "ChatGPT" }).getByText("Not used yet").waitFor();
  assert.equal(await page.getByRole("link", { name: "Linked accounts" }).getAttribute("aria-current"), "page");
  await assertAccessible(page);
  await screenshot(page, "web", "linked-accounts");
});

test("revoking asks first, says what will happen, and leaves a receipt", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/linked-accounts`);
  const revoke = page.getByRole("article", { name: "Claude" }).getByRole("button", { name: "Revoke" });
  await revoke.click();
  const dialog = page.getByRole("dialog", { name: "Revoke Claude?" });
  await dialog.getByText("Its next call is refused.").waitFor();
  assert.ok(
    await dialog.getByRole("button", { name: "Keep it" }).evaluate((button) => button === document.activeElement),
    "the harmless answer has the focus",
  );
  await assertAccessible(page);
  await pictureOfWindow(page, "revoke");

  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(world.grants.length, 2, "nothing was revoked");
  assert.ok(await revoke.evaluate((button) => button === document.activeElement), "the focus is back where it was");

  await revoke.click();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Claude is no longer linked.").waitFor();
  await page.getByText("01939f00-0000-7000-9000-00000000beef").waitFor();
  assert.equal(await page.getByRole("article").count(), 1);
  assert.deepEqual(
    world.grants.map((grant) => grant["clientName"]),
    ["ChatGPT"],
  );
  assert.ok(
    await page.getByText("Claude is no longer linked.").evaluate((note) => document.activeElement?.contains(note)),
  );
  await assertAccessible(page);
  await screenshot(page, "web", "revoked");
});

test("a link that could not be revoked stays, with the reason", async (t) => {
  const { page, url, world } = await signedIn(t);
  failNext(
    world,
    `DELETE /api/grants/${String(grants[0]?.["id"])}`,
    new AppError("unavailable", "The database is busy."),
  );
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByRole("article", { name: "Claude" }).getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByText("The database is busy.").waitFor();
  await dialog.getByText(/^Request id/).waitFor();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Claude is no longer linked.").waitFor();
});

test("with nothing linked, the page says how to begin, with the address to copy", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.grants = [];
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByRole("heading", { name: "Nothing is linked yet" }).waitFor();
  await page.getByRole("button", { name: "Copy MCP address" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${url}/mcp`);
  await page.getByText("Copied").first().waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "linked-accounts-empty");
});

test("while it loads there is a shape, and when it fails a reason and another try", async (t) => {
  const { page, url, world } = await signedIn(t);
  const gate = Promise.withResolvers<void>();
  world.gate = gate.promise;
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /api/grants", busy);
  failNext(world, "GET /api/grants", busy);
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByText("Loading").waitFor();
  await screenshot(page, "web", "linked-accounts-loading");
  gate.resolve();
  await page.getByText("The database is busy.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "linked-accounts-error");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("article", { name: "Claude" }).waitFor();
});

test("a session that ends meanwhile leads to signing in and back", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByRole("article", { name: "Claude" }).waitFor();
  world.person = null;
  await page.getByRole("link", { name: "Receipts" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.getByText("ada@example.com").count(), 0);
});

test("moving between pages: by keyboard, with the focus on the new heading, and past the header at once", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByRole("article", { name: "Claude" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "MAIN");
  await page.getByRole("link", { name: "Receipts" }).press("Enter");
  const heading = page.getByRole("heading", { name: "Receipts", exact: true });
  await heading.waitFor();
  assert.ok(await heading.evaluate((element) => element === document.activeElement));
  assert.equal(await page.title(), "Receipts · Bellhop");
  await page.goBack();
  await page.getByRole("heading", { name: "Linked accounts" }).waitFor();
});

test("an address without a page says so", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/nothing/here`);
  await page.getByRole("heading", { name: "There is no page here" }).waitFor();
  await page.getByRole("link", { name: "Go to the first page" }).click();
  await page.getByRole("heading", { name: "What happened" }).waitFor();
});

test("on a phone, in the dark", async (t) => {
  const { page, url, world } = await signedIn(t, { ...phone, colorScheme: "dark" });
  world.person = "a.very.long.address.of.a.person@subdomain.of.a.long.example.com";
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByRole("article", { name: "Claude" }).waitFor();
  await screenshot(page, "web", "linked-accounts-phone-dark");
  await assertFits(page);
  await assertAccessible(page);
});
