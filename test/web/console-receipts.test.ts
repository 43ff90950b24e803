import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { failNext } from "./world.ts";
import { receiptOf } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

test("search goes with the typing: a tool, a client, a reason, a request id", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  const rows = page.locator("tbody tr");
  await rows.nth(24).waitFor();
  const search = page.getByRole("searchbox", { name: "Search receipts" });
  await search.pressSequentially("perform");
  await rows.nth(1).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Decide on an item" }).waitFor();
  await page.waitForURL("**/app/receipts?q=perform");
  for (const [words, tool] of [
    ["chatgpt", "swap_execute"],
    ["INSUFFICIENT_SCOPE", "List items"],
    ["5f0c1a52-77aa-4c1e-9a57-000000000004", "Revoke a link"],
    ["revoke a LINK", "Revoke a link"],
  ] as const) {
    await search.fill(words);
    await page.getByRole("button", { name: tool }).waitFor();
    assert.equal(await rows.count(), 1, words);
  }
  await search.fill("nothing of the kind");
  await page.getByRole("heading", { name: "No such receipts" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "receipts-none-such");
  await page.getByRole("link", { name: "Show all receipts" }).click();
  await rows.nth(24).waitFor();
  assert.equal(await search.inputValue(), "");
});

test("filters: outcome, tool and app, together, by keyboard, and kept in the address", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  const rows = page.locator("tbody tr");
  await rows.nth(24).waitFor();
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Failed");
  await page.getByRole("button", { name: "Decide on an item" }).waitFor();
  await rows.nth(1).waitFor({ state: "detached" });
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Outcome");
  await rows.nth(24).waitFor();
  await page.getByRole("combobox", { name: "App" }).focus();
  await page.keyboard.type("This website");
  await page.keyboard.press("Enter");
  await rows.nth(1).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Revoke a link" }).waitFor();
  await page.waitForURL("**/app/receipts?channel=web");
  await page.reload();
  await page.getByRole("button", { name: "Revoke a link" }).waitFor();
  assert.equal(await page.getByRole("combobox", { name: "App" }).inputValue(), "web");
  await page.getByRole("combobox", { name: "Tool" }).selectOption("Revoke a link");
  await page.waitForURL((address) => address.searchParams.get("tool") === "revoke_grant");
  assert.equal(new URL(page.url()).searchParams.get("channel"), "web");
  await assertAccessible(page);
  await screenshot(page, "console", "receipts-filtered");
  await page.getByRole("link", { name: "Show all" }).click();
  await rows.nth(24).waitFor();
});

test("every tool that was ever used can be chosen, by its title, however long ago that was", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.receipts = [...world.receipts, receiptOf(999, { tool: "order_tea", title: "Order tea" })];
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  const tool = page.getByRole("combobox", { name: "Tool" });
  await tool.getByRole("option", { name: "Order tea" }).waitFor({ state: "attached" });
  const words = await tool.getByRole("option").allInnerTexts();
  assert.deepEqual(
    words.slice(1),
    words.slice(1).toSorted((one, other) => one.localeCompare(other)),
  );
  await tool.selectOption("Order tea");
  await page.getByRole("button", { name: "Order tea" }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
});

test("a list of tools that cannot be read takes nothing away", async (t) => {
  const { page, url, world } = await signedIn(t);
  for (const _ of [1, 2, 3]) failNext(world, "GET /api/used-tools", new AppError("internal", "Something went wrong."));
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  await page.getByRole("combobox", { name: "Tool" }).selectOption("List items");
  await page.waitForURL("**/app/receipts?tool=get-items");
});

test("an address with a filter that does not exist shows everything", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts?outcome=surely&tool=`);
  await page.locator("tbody tr").nth(24).waitFor();
});

test("the details: every fact of a call, and its request id to copy, by keyboard alone", async (t) => {
  const { page, url } = await signedIn(t);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").first().waitFor();
  await tabTo(page, "List items");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: "List items" });
  await drawer.waitFor();
  assert.deepEqual(await drawer.getByRole("term").allInnerTexts(), [
    "Outcome",
    "Reason",
    "Effect",
    "Asked by",
    "Through",
    "Tool",
    "Started",
    "Took",
    "Digest",
    "Request id",
    "Receipt id",
  ]);
  await tabTo(page, /Copy request id$/);
  await page.keyboard.press("Enter");
  await drawer.getByText("Copied").waitFor({ state: "attached" });
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "5f0c1a52-77aa-4c1e-9a57-000000000001");
  await assertAccessible(page);
  await pictureOf(page, "receipt-details");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await focusReaches(page, "List items");
});

test("while another filter is read, what was there stays; when it fails, why, and another try", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  const gate = Promise.withResolvers<void>();
  world.gate = gate.promise;
  const broken = new AppError("internal", "Something went wrong on our side.");
  failNext(world, "GET /receipts", broken);
  failNext(world, "GET /receipts", broken);
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Failed");
  await page.locator("[aria-busy=true]").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 25);
  gate.resolve();
  await page.getByText("Something went wrong on our side.").waitFor();
  await page.getByText(/^Request id/).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Decide on an item" }).waitFor();
});

test("on a phone, in both looks", async (t) => {
  const { page, url } = await signedIn(t, phone);
  await page.goto(`${url}/app/receipts?outcome=ok`);
  await page.locator("tbody tr").first().waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await assertFits(page);
    await assertAccessible(page);
    await pictureOf(page, `receipts-phone-${colorScheme}`);
  }
  await page.locator("tbody tr").first().getByRole("button").click();
  await page.getByRole("dialog").waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await pictureOf(page, "receipt-details-phone-dark");
});
