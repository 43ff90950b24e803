import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import * as z from "zod";
import { startBellhop } from "../bellhop.ts";
import { launchBrowser } from "../browser.ts";
import { listenForCallback } from "../clients/callback.ts";
import { clientV2 } from "../clients/mcp-clients.ts";
import { linkMemory } from "../clients/memory-provider.ts";
import { linkAccount } from "../e2e/person.ts";
import { startMailPeer } from "../mail-peer.ts";
import { focusReaches, pictureOf, tabTo } from "./console-room.ts";
import { assertAccessible, assertFits, phone, watch } from "./stage.ts";

const ADA = "ada@example.com";
const asked = z.object({ pending: z.object({ kind: z.literal("approval"), id: z.uuid(), url: z.url() }) });

/** A server as its operator starts it, which sends mail; the person's assistant, and phones of theirs. */
async function open(t: TestContext) {
  const peer = await startMailPeer(t);
  const environment = { SMTP_URL: peer.url, MAIL_FROM: "Bellhop <hello@bellhop.example>" };
  const bellhop = await startBellhop(t, { environment });
  const codeFor = async (address: string): Promise<string> =>
    /\b\d{6}\b/.exec((await peer.take(address, /sign-in code/)).text)?.[0] ?? "no code";
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const wrongs: string[] = [];
  t.after(() => assert.deepEqual(wrongs, []));
  const newPhone = async (): Promise<BrowserContext> => {
    const context = await browser.newContext({ ...phone, locale: "en-GB", timezoneId: "UTC" });
    context.setDefaultTimeout(20_000);
    return context;
  };
  const newPage = async (context: BrowserContext): Promise<Page> => {
    const page = await context.newPage();
    watch(page, bellhop.url, wrongs);
    return page;
  };
  const [callback, own] = [await listenForCallback(t), await newPhone()];
  const memory = linkMemory(callback.redirectUri);
  const client = clientV2(bellhop.mcpUrl, memory, "auto");
  t.after(() => client.close());
  await linkAccount({ bellhop: { url: bellhop.url, codeFor }, browser: own, client, memory, callback, address: ADA });
  /** Asks as the assistant, and reads the mail that tells of it. */
  const ask = async (itemId: string) => {
    const { pending } = asked.parse((await client.callTool("delete-items", { itemIds: [itemId] })).data);
    const mailed = /\S+\/app\/approvals\/\S+/.exec((await peer.take(ADA, /approval/)).text)?.[0];
    return { ...pending, mailed };
  };
  return { bellhop, codeFor, client, ask, own, newPhone, newPage };
}

/** What every state of the page has to be, and a picture of what the person sees. */
async function look(page: Page, name: string): Promise<void> {
  await assertFits(page);
  await assertAccessible(page);
  await pictureOf(page, `real-phone-${name}`);
}

/** Waits for a field, and goes on by Tab until it has the focus; it may have it already. */
async function tabToField(page: Page, label: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.waitFor();
  for (let press = 0; press < 20; press += 1) {
    if (await field.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${label} was not reached`);
}

/** Asserts that the bar at the foot of the page lies over nothing of what has the focus. */
async function assertInSight(page: Page): Promise<void> {
  const bar = await page.getByRole("navigation").first().boundingBox();
  const focus = await page.locator(":focus").boundingBox();
  assert.ok(bar && focus);
  assert.ok(
    focus.y >= 0 && focus.y + focus.height <= bar.y,
    `the focus ends at ${focus.y + focus.height}, the bar begins at ${bar.y}`,
  );
}

const bell = (page: Page, name: string) => page.getByRole("banner").getByRole("button", { name, exact: true });

test("on the real server, on a phone and by keyboard alone: asked, decided, done, and proven", async (t) => {
  const { bellhop, codeFor, client, ask, own, newPhone, newPage } = await open(t);
  const page = await newPage(own);

  await t.test("from the bell to a receipt that verifies", async () => {
    const live = page.waitForResponse((response) => response.url().endsWith("/api/events"));
    await page.goto(`${bellhop.url}/app`);
    await live;
    await bell(page, "Nothing waits for you").waitFor();
    const { id } = await ask("newsletter-june");
    await bell(page, "1 approval waits for you").waitFor();
    await tabTo(page, "1 approval waits for you");
    await look(page, "rings");
    await page.keyboard.press("Enter");
    await page
      .getByRole("dialog")
      .getByRole("link", { name: /^Delete “/ })
      .waitFor();
    await look(page, "bell");
    await tabTo(page, /^Delete “/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /^Delete “/ }).waitFor();
    await focusReaches(page, /^Delete “/);
    await look(page, "card");
    await tabTo(page, "Approve");
    await assertInSight(page);
    await look(page, "card-approve");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "You approved this. It is done." }).waitFor();
    await focusReaches(page, /^You approved this/);
    await page.getByText("Deleted “Newsletter for June”.").waitFor();
    await bell(page, "Nothing waits for you").waitFor();
    await assertInSight(page);
    await look(page, "done");
    await tabTo(page, "Receipt");
    await assertInSight(page);
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog", { name: "Delete items" });
    await drawer.getByText("Changed your data").waitFor();
    await tabTo(page, "Verify");
    await look(page, "receipt");
    await page.keyboard.press("Enter");
    await drawer.getByText("Verified.").waitFor();
    await look(page, "verified");
    await page.keyboard.press("Escape");
    await focusReaches(page, "Receipt", "Escape gives the focus back");
    assert.match((await client.callTool("approval_status", { id })).text, /Deleted/);
    assert.ok(!(await client.callTool("get-items", {})).text.includes("newsletter-june"), "what was approved is done");
  });

  await t.test(
    "the link of the assistant, and of the mail, leads to the card, signed in or after signing in",
    async () => {
      const { url, mailed } = await ask("order-chairs");
      assert.equal(mailed, url);
      await page.goto(url);
      await page.getByRole("heading", { level: 1, name: /^Delete “/ }).waitFor();
      assert.equal(page.url(), url);
      await look(page, "linked");

      const other = await newPage(await newPhone());
      await other.goto(url);
      await other.getByRole("heading", { name: "Sign in" }).waitFor();
      await look(other, "linked-sign-in");
      await tabToField(other, "Email");
      await other.keyboard.type(ADA);
      await other.keyboard.press("Enter");
      await tabToField(other, "Code");
      await other.keyboard.type(await codeFor(ADA));
      await other.keyboard.press("Enter");
      await other.getByRole("heading", { level: 1, name: /^Delete “/ }).waitFor();
      assert.equal(other.url(), url);
      await look(other, "linked-signed-in");
      await tabTo(other, "Reject");
      await other.keyboard.press("Enter");
      await other.getByRole("region", { name: "You rejected this." }).waitFor();
      await page.getByRole("region", { name: "You rejected this." }).waitFor();
    },
  );
});
