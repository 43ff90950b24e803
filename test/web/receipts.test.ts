import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { reasonWords } from "../../src/console/parts/reason-words.ts";
import { AppError, errorTable } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { failNext } from "./world.ts";
import { receiptOf } from "./samples.ts";
import { type Visit, assertAccessible, assertFits, phone, pictureOfWindow, visit } from "./stage.ts";

const receipts = [
  receiptOf(0),
  receiptOf(1, { tool: "get-items", effect: "read", outcome: "refused", code: "insufficient_scope" }),
  receiptOf(2, { tool: "swap_execute", effect: "money", outcome: "open", clientName: "ChatGPT", channel: "chatgpt" }),
  receiptOf(3, { tool: "perform-item-action", outcome: "failed", code: "timeout", latencyMs: 25_004 }),
  receiptOf(4, { tool: "revoke_grant", clientName: "Console", channel: "web" }),
  ...Array.from({ length: 55 }, (_, index) => receiptOf(index + 5)),
];

async function signedIn(t: TestContext, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(t, options);
  visited.world.person = "ada@example.com";
  visited.world.receipts = receipts;
  return visited;
}

test("receipts, newest first, each with its outcome as a sign and a word", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  const rows = page.getByRole("table").getByRole("row");
  await rows.nth(1).waitFor();
  const cells = async (row: number) =>
    (await rows.nth(row).getByRole("cell").allInnerTexts()).map((text) => text.trim());
  assert.deepEqual(await cells(1), ["Done", "Extract intents", "Claude", "12 ms", "1 minute ago"]);
  assert.deepEqual(await cells(2), ["Refused", "List items", "Claude", "43 ms", "8 minutes ago"]);
  assert.deepEqual((await cells(3)).slice(0, 3), ["Under way", "swap_execute", "ChatGPT"]);
  assert.deepEqual((await cells(4)).slice(0, 4), ["Failed", "Decide on an item", "Claude", "25 s"]);
  assert.deepEqual((await cells(5)).slice(1, 3), ["Revoke a link", "You"]);
  await assertAccessible(page);
  await screenshot(page, "web", "receipts");
});

test("older receipts come page by page until there are no more", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  const rows = page.locator("tbody tr");
  const older = page.getByRole("button", { name: "Show older" });
  await rows.nth(24).waitFor();
  assert.equal(await rows.count(), 25);
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /receipts", busy);
  failNext(world, "GET /receipts", busy);
  await older.click();
  await page.getByText("The database is busy.").waitFor();
  assert.equal(await rows.count(), 25, "what was read stays in view");
  await page.getByRole("button", { name: "Try again" }).click();
  await rows.nth(49).waitFor();
  await older.click();
  await rows.nth(59).waitFor();
  await page.getByText("These are all.").waitFor();
  assert.equal(await older.count(), 0);
});

test("a receipt says in words why nothing came of a call, also of one whose result was too large", async (t) => {
  const { page, url, world } = await signedIn(t);
  const codes = ["result_too_large", "insufficient_scope", "a_code_of_tomorrow"] as const;
  world.receipts = codes.map((code, index) => receiptOf(index, { outcome: "refused", code, title: code }));
  await page.goto(`${url}/app/receipts`);
  const said: string[] = [];
  for (const code of codes) {
    await page.getByRole("button", { name: code }).click();
    const drawer = page.getByRole("dialog", { name: code });
    said.push(await drawer.locator("dt", { hasText: "Reason" }).locator("+ dd").innerText());
    if (code === "result_too_large") await assertAccessible(page);
    if (code === "result_too_large") await pictureOfWindow(page, "receipt-too-large");
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
  }
  assert.deepEqual(
    said.map((text) => text.split(/\s*\n\s*/)),
    [
      [
        "What came of it was too large, so nothing of it was passed on or kept. Ask for less at once.",
        "result_too_large",
      ],
      ["You have not allowed this app to do that.", "insufficient_scope"],
      ["a_code_of_tomorrow"],
    ],
  );
});

/** Codes of requests that are refused before there is a call, so that no receipt has them. */
const beforeAnyCall: ReadonlySet<string> = new Set(
  [
    "malformed_json unsupported_media_type payload_too_large method_not_allowed forbidden_origin",
    "human_check_failed invalid_code invalid_client",
    "invalid_grant unauthorized_client unsupported_grant_type unsupported_response_type invalid_scope invalid_target",
    "access_denied invalid_redirect_uri invalid_client_metadata",
  ].flatMap((line) => line.split(" ")),
);

test("every reason that a call can have is said in words", () => {
  const codes = Object.keys(errorTable);
  assert.deepEqual(
    codes.filter((code) => reasonWords(code) === null),
    codes.filter((code) => beforeAnyCall.has(code)),
  );
});

test("a row opens the whole receipt; the keyboard opens and closes it, too", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  const row = page.getByRole("button", { name: "List items" });
  await row.press("Enter");
  const drawer = page.getByRole("dialog", { name: "List items" });
  await drawer.waitFor();
  for (const text of [
    "Refused",
    "insufficient_scope",
    "Read only",
    "Claude",
    "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    "5f0c1a52-77aa-4c1e-9a57-000000000001",
    "01939f00-0000-7000-9000-000000000001",
  ]) {
    await drawer.getByText(text, { exact: true }).first().waitFor();
  }
  await assertAccessible(page);
  await pictureOfWindow(page, "receipt");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement?.textContent === "List items");
  await page
    .locator("tbody tr")
    .nth(1)
    .click({ position: { x: 5, y: 5 } });
  await drawer.waitFor();
});

test("a call that was stopped does not claim to have changed anything", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.getByRole("button", { name: "Decide on an item" }).click();
  await page.getByRole("dialog").getByText("Would have changed your data").waitFor();
});

test("the receipts of one tool alone, and all of them again", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.getByRole("button", { name: "List items" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Show only List items" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.waitForURL("**/app/receipts?tool=get-items");
  await page.getByText("These are all.").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.getByRole("link", { name: "Show all" }).click();
  await page.locator("tbody tr").nth(24).waitFor();
});

test("with no receipt yet, the page says where to begin", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.receipts = [];
  await page.goto(`${url}/app/receipts`);
  await page.getByRole("heading", { name: "No receipts yet" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "receipts-empty");
  await page.getByRole("link", { name: "Link an assistant" }).click();
  await page.getByRole("heading", { name: "Linked accounts" }).waitFor();
});

test("a page that could not be read says why, with the request id to quote", async (t) => {
  const { page, url, world } = await signedIn(t);
  for (const _ of [1, 2])
    failNext(world, "GET /receipts", new AppError("internal", "Something went wrong on our side."));
  await page.goto(`${url}/app/receipts`);
  await page.getByText("Something went wrong on our side.").waitFor();
  await page.getByText(/^Request id/).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator("tbody tr").first().waitFor();
});

test("on a phone: nothing is cut off, and the details fit", async (t) => {
  const { page, url } = await signedIn(t, phone);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").first().waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "web", "receipts-phone");
  await page.getByRole("button", { name: "List items" }).click();
  await page.getByRole("dialog").waitFor();
  await assertFits(page);
  await pictureOfWindow(page, "receipt-phone");
});

test("in the dark", async (t) => {
  const { page, url } = await signedIn(t, { colorScheme: "dark" });
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").first().waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "receipts-dark");
  await page.getByRole("button", { name: "List items" }).click();
  await page.getByRole("dialog").waitFor();
  await assertAccessible(page);
  await pictureOfWindow(page, "receipt-dark");
});
