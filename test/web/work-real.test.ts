import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { addPasskeyDevice, openBrowser, screenshot } from "../browser.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";
import { assertAccessible, watch } from "./stage.ts";

interface House {
  readonly bellhop: Bellhop;
  readonly browser: BrowserContext;
  /** Calls a tool as an assistant that the person has linked. */
  call(tool: string, args: Record<string, unknown>): ReturnType<typeof callTool>;
}

/** A server as its operator starts it, a person who has just signed in, and an assistant of theirs. */
async function open(t: TestContext, more: Readonly<Record<string, string>> = {}): Promise<House> {
  const app = await privyApp();
  const environment = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey, ...more };
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
  const { access_token } = await linkWithPrivy(bellhop.url, app);
  return { bellhop, browser, call: (tool, args) => callTool(bellhop.mcpUrl, access_token, tool, args) };
}

async function at({ bellhop, browser }: House, path: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${bellhop.url}/app${path}`);
  return page;
}

test("on the real server: a job is made, seen, its files opened, and its receipt read", async (t) => {
  const house = await open(t);
  const jobs = await at(house, "/jobs");
  await jobs.getByRole("heading", { name: "No jobs yet" }).waitFor();
  assert.equal((await house.call("account_report", {})).status, 200);
  await jobs
    .getByRole("link", { name: /report/i })
    .first()
    .click();
  const files = jobs.getByRole("region", { name: "Files" }).getByRole("listitem");
  await files.filter({ hasText: "report.html" }).waitFor();
  await jobs.getByRole("status").getByText("Done").waitFor();
  const opened = jobs.waitForEvent("popup");
  await files.filter({ hasText: "report.html" }).getByRole("link", { name: "Open" }).click();
  assert.match(await (await opened).locator("body").innerText(), /calls/i);
  await assertAccessible(jobs);
  await screenshot(jobs, "console", "real-job");
  await jobs.getByRole("button", { name: "Receipt" }).click();
  await jobs.getByRole("dialog").getByText("Outcome").waitFor();
  const plan = await at(house, "/usage");
  await plan.getByText("Counts begin anew at").waitFor();
  await assertAccessible(plan);
});

test("on the real server: an open page shows by itself what a job came to that another process ran", async (t) => {
  const shared = { DATABASE_URL: await freshPostgres(t), BELLHOP_SECRET: "one secret for both processes, long enough" };
  const house = await open(t, { ...shared, BELLHOP_JOBS_AT_ONCE: "0" });
  assert.equal((await house.call("account_report", {})).status, 200);
  const page = await at(house, "/jobs");
  await page
    .getByRole("link", { name: /report/i })
    .first()
    .click();
  await page.getByRole("status").getByText("Waiting").waitFor();
  assert.equal(await page.getByRole("region", { name: "Answer" }).count(), 0);
  const loads: string[] = [];
  page.on("load", (loaded) => loads.push(loaded.url()));
  await startBellhop(t, { environment: { ...shared, SERVER_BASE_URL: house.bellhop.url } });
  await page
    .getByRole("region", { name: "Answer" })
    .getByText(/The report for/)
    .waitFor();
  await page.getByRole("status").getByText("Done").waitFor();
  assert.equal(await page.getByRole("region", { name: "Files" }).getByRole("listitem").count(), 3);
  assert.deepEqual(loads, []);
});

test("on the real server: a pause, a limit and a recipient hold, and each leaves its receipt", async (t) => {
  const house = await open(t);
  const page = await at(house, "/limits");
  const main = page.getByRole("main");
  await page.getByRole("button", { name: "Pause everything" }).click();
  await main.getByText("Everything is paused.").waitFor();
  const refused = await house.call("extract_intent", { fullInputText: "I look for a luthier in Delft." });
  assert.match(await refused.text(), /paused/);
  await main.getByRole("button", { name: "Receipt" }).click();
  await page.getByRole("dialog", { name: "Pause everything" }).waitFor();
  await page.keyboard.press("Escape");
  await main.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause everything" }).waitFor();

  await page.getByRole("button", { name: "Set a limit" }).click();
  await page.getByLabel("Each time, at most").fill("25.50");
  await page.getByRole("button", { name: "Save the limit" }).click();
  await main.getByText("At most 25.50 US dollars each time.").first().waitFor();
  await page.getByRole("button", { name: "Add somebody" }).click();
  await page.getByLabel("Name").fill("Landlord");
  await page.getByLabel("Address").fill("9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin");
  await page.getByRole("button", { name: "Add to the list" }).click();
  await page.getByRole("list", { name: "Recipients" }).getByText("Usable from").waitFor();
  await page.getByText("Only my list", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Only my list" }).click();
  await main.getByText("Only your list may be paid.").waitFor();
  // While the question is being closed its button is paler than any that can be pressed.
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await assertAccessible(page);
  await screenshot(page, "console", "real-limits");
});

test("on the real server: a passkey is made, renamed and removed, and mail is switched", async (t) => {
  const house = await open(t);
  const page = await at(house, "/settings");
  await addPasskeyDevice(page);
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await passkeys.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  const row = passkeys.getByRole("listitem");
  await row.getByText("Chrome on Linux").waitFor();
  await row.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Work laptop");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await row.getByText("Work laptop").waitFor();
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await passkeys.getByText("None yet.").waitFor();
  await page.getByRole("region", { name: "Being told" }).getByText("By email", { exact: true }).waitFor();
  await assertAccessible(page);
});
