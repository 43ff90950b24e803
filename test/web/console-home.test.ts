import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { failNext } from "./world.ts";
import { grantOf } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

test("home tells what happened, by day, and who may act", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app`);
  await page.getByRole("heading", { level: 1, name: "What happened" }).waitFor();
  assert.equal(await page.title(), "Home · Bellhop");
  await page.getByRole("button", { name: "Claude: Extract intents" }).first().waitFor();
  await page.getByRole("button", { name: "You: Revoke a link" }).waitFor();
  const refused = page.getByRole("listitem").filter({ hasText: "List items" });
  await refused.getByText("Refused").last().waitFor();
  assert.equal(await page.locator(".happened-row").count(), 12, "the newest ones; the others are under Receipts");
  assert.match(
    (await page.getByRole("heading", { level: 2 }).allInnerTexts()).join("|"),
    /^(Today|Yesterday)\|.*May act for you$/,
  );
  const glance = page.getByRole("region", { name: "May act for you" });
  await glance.getByText("Last used 3 minutes ago").waitFor();
  await glance.getByText("Not used yet").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "home");
  await page.getByRole("link", { name: "All receipts" }).click();
  await page.getByRole("heading", { level: 1, name: "Receipts" }).waitFor();
});

test("a row opens its receipt, by keyboard alone, and Escape leads back to it", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app`);
  await page.getByRole("button", { name: "Claude: List items" }).waitFor();
  await tabTo(page, "Claude: List items");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "List items" }).getByText("insufficient_scope").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement?.textContent?.includes("List items"));
});

test("with nothing linked, the first steps, with the exact values to paste", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.grants = [];
  world.receipts = [];
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${url}/app`);
  await page.getByRole("heading", { name: "Link your first assistant" }).waitFor();
  const copied = async (what: string): Promise<string> => {
    await page.getByRole("button", { name: `Copy ${what}` }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied("command"), `claude mcp add --transport http bellhop ${url}/mcp`);
  await assertAccessible(page);
  await screenshot(page, "console", "home-first-steps");

  await page.getByRole("tab", { name: "Claude Code" }).focus();
  await page.keyboard.press("ArrowRight");
  await focusReaches(page, "ChatGPT");
  const reach = page.getByRole("link", { name: "a public https address of this server" });
  assert.equal(
    await reach.getAttribute("href"),
    "/#public-address",
    "nobody pastes an address that ChatGPT cannot reach",
  );
  for (const name of ["Claude", "Cursor"]) {
    await page.keyboard.press("ArrowRight");
    await focusReaches(page, name);
  }
  assert.deepEqual(JSON.parse(await copied("settings")), { mcpServers: { bellhop: { url: `${url}/mcp` } } });
  await assertAccessible(page);
});

test("linked and not used yet: what to say first", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.grants = [grantOf({ lastUsedAt: null })];
  world.receipts = [];
  await page.goto(`${url}/app`);
  await page.getByText("Claude is linked. Say to it").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "home-nothing-yet");
});

test("while it loads there is a shape; when it fails, why, what to do, and the request id", async (t) => {
  const { page, url, world } = await signedIn(t);
  const gate = Promise.withResolvers<void>();
  await page.goto(`${url}/app/settings`);
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  world.gate = gate.promise;
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /receipts", busy);
  failNext(world, "GET /receipts", busy);
  await page.getByRole("link", { name: "Home" }).click();
  await page.getByText("Loading").waitFor();
  await screenshot(page, "console", "home-loading");
  gate.resolve();
  await page.getByText("The database is busy.").waitFor();
  await page.getByText(/^Request id/).waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "home-error");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "You: Revoke a link" }).waitFor();
});

test("on a phone, in the dark: nothing is cut off, and the way around lies under the thumb", async (t) => {
  const { page, url, world } = await signedIn(t, { ...phone, colorScheme: "dark" });
  await page.goto(`${url}/app`);
  await page.getByRole("button", { name: "You: Revoke a link" }).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await pictureOf(page, "home-phone-dark");
  world.grants = [];
  world.receipts = [];
  await page.reload();
  await page.getByRole("tab", { name: "Cursor" }).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await pictureOf(page, "home-first-steps-phone-dark");
});
