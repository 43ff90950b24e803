import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { openBrowser, screenshot } from "../browser.ts";
import { type PrivyApp, callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { assertAccessible, watch } from "./stage.ts";

interface House {
  readonly bellhop: Bellhop;
  readonly app: PrivyApp;
  readonly browser: BrowserContext;
}

/** A server as its operator starts it, and a browser in which the test's person is signed in. */
async function open(t: TestContext): Promise<House> {
  const app = await privyApp();
  const environment = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const bellhop = await startBellhop(t, { environment });
  const browser = await openBrowser(t);
  browser.setDefaultTimeout(20_000);
  const signedIn = await browser.request.post(`${bellhop.url}/api/sign-in/privy`, {
    headers: { origin: bellhop.url },
    data: { token: await app.token() },
  });
  assert.equal(signedIn.status(), 200);
  const wrongs: string[] = [];
  browser.on("page", (page) => watch(page, bellhop.url, wrongs));
  t.after(() => assert.deepEqual(wrongs, []));
  return { bellhop, app, browser };
}

const windowAt = async ({ browser, bellhop }: House, path: string): Promise<Page> => {
  const page = await browser.newPage();
  const live = page.waitForResponse((response) => response.url().endsWith("/api/events"));
  await page.goto(`${bellhop.url}/app${path}`);
  await live;
  return page;
};

test("on the real server: what an assistant does is seen in two windows, changed, taken back, and proven", async (t) => {
  const house = await open(t);
  const { bellhop, app } = house;
  const home = await windowAt(house, "");
  await home.getByRole("heading", { name: "Link your first assistant" }).waitFor();
  const intents = await windowAt(house, "/intents");
  await intents.getByRole("heading", { name: "No intents yet" }).waitFor();

  const { access_token } = await linkWithPrivy(bellhop.url, app);
  const call = await callTool(bellhop.mcpUrl, access_token, "extract_intent", {
    fullInputText: "The workshop has room again. I'm looking for a luthier in Delft. It need not be soon.",
  });
  assert.equal(call.status, 200);
  await home.getByRole("button", { name: "Scripted client: Extract intents" }).waitFor();
  const card = intents.getByRole("article");
  await card.getByText("I'm looking for a luthier in Delft.").first().waitFor();
  assert.match(await card.locator("blockquote").innerText(), /room again\. I'm looking for a luthier in Delft/);
  assert.match(await card.locator("mark").innerText(), /^I'm looking for a luthier in Delft/);
  await card.getByText("Found by fixed rules, in what you wrote").waitFor();
  await assertAccessible(intents);
  await screenshot(intents, "console", "real-intents");

  await card.getByRole("button", { name: "Edit" }).click();
  await intents.getByLabel("Intent", { exact: true }).fill("I look for a luthier.");
  await intents.getByLabel("In a few words").fill("Luthier");
  await intents.getByRole("button", { name: "Save" }).click();
  await intents.getByRole("article", { name: "I look for a luthier." }).waitFor();
  await home.getByRole("button", { name: "You: Edit an intent" }).waitFor();
  await card.getByRole("button", { name: "Archive" }).click();
  await intents.getByRole("heading", { name: "No intents yet" }).waitFor();
  await intents.getByRole("button", { name: "Undo" }).last().click();
  await intents.getByRole("article", { name: "I look for a luthier." }).waitFor();

  await home.goto(`${bellhop.url}/app/receipts?channel=web`);
  await home.locator("tbody tr").nth(2).waitFor();
  assert.deepEqual(await home.locator("tbody .row-button").allInnerTexts(), [
    "Archive an intent",
    "Archive an intent",
    "Edit an intent",
  ]);
  await home.getByRole("searchbox").fill("edit");
  await home.locator("tbody tr").nth(1).waitFor({ state: "detached" });
  await assertAccessible(home);
  await screenshot(home, "console", "real-receipts");
});

test("on the real server: the person's own account, from its name to its end", async (t) => {
  const house = await open(t);
  const { bellhop, app } = house;
  const { access_token } = await linkWithPrivy(bellhop.url, app);
  const page = await windowAt(house, "/settings");
  const frame = page.getByRole("banner");
  await page.getByLabel("Name").fill("Ana");
  await page.getByRole("button", { name: "Save" }).click();
  await frame.getByText("Ana", { exact: true }).waitFor();

  const ways = page.getByRole("region", { name: "Ways to sign in" });
  await ways.getByRole("button", { name: "Add an email address" }).click();
  await ways.getByLabel("Email").fill("ana@example.com");
  await ways.getByRole("button", { name: "Send me a code" }).click();
  await ways.getByLabel("Code", { exact: true }).fill(await bellhop.codeFor("ana@example.com"));
  await ways.getByRole("button", { name: "Add", exact: true }).click();
  await ways.getByRole("button", { name: "Remove" }).nth(1).waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "real-settings");

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export my data" }).click();
  assert.match(readFileSync(await (await download).path(), "utf8"), /ana@example\.com/);

  await ways.getByRole("button", { name: "Remove" }).nth(1).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await ways.getByText("Your only one, so it stays.").waitFor();

  await page.getByRole("button", { name: "Delete my data" }).click();
  const dialog = page.getByRole("dialog");
  const label = await dialog.locator("label bdi").innerText();
  await dialog.getByRole("textbox").fill(label);
  await dialog.getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText("All that was kept of you is erased.").waitFor();
  assert.equal((await callTool(bellhop.mcpUrl, access_token, "echo", { text: "still there?" })).status, 401);
});
