import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openBrowser as openProgram } from "../accounts/browser.ts";
import { addPasskeyDevice, openBrowser, screenshot } from "../browser.ts";
import { runBellhop } from "../command-line.ts";
import { startWhole } from "../e2e/whole-server.ts";
import { assertAccessible, pictureOfWindow, watch } from "./stage.ts";

/** A person at the real server, in a browser with a passkey. Their sign-in is an hour ago when the test begins. */
async function stage(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const server = await startWhole(t, { settings });
  const { baseUrl, peer, clock } = server;
  const browser = await openBrowser(t);
  browser.setDefaultTimeout(20_000);
  const page = await browser.newPage();
  const wrongs: string[] = [];
  watch(page, baseUrl, wrongs);
  t.after(() => assert.deepEqual(wrongs, []));

  await page.goto(`${baseUrl}/app/settings`);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  const code = /\b\d{6}\b/.exec((await peer.take("ada@example.com", /sign-in code/)).text)?.[0] ?? "";
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await addPasskeyDevice(page);
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await passkeys.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  await passkeys.getByRole("listitem").getByText("Chrome on Linux").waitFor();
  clock.pass(3600);
  return { ...server, page, main: page.getByRole("main"), dialog: page.getByRole("dialog") };
}

test("on the real server: pausing is one press; resuming asks, a passkey proves who it is, and it goes on", async (t) => {
  const { baseUrl, page, main, dialog } = await stage(t);

  await t.test("pausing and a first limit are one press", async () => {
    await page.goto(`${baseUrl}/app/limits`);
    await page.getByRole("button", { name: "Pause everything" }).click();
    await main.getByRole("heading", { name: "Everything is paused" }).waitFor();
    await page.getByRole("button", { name: "Set a limit" }).click();
    await page.getByLabel("Each time, at most").fill("25");
    await page.getByRole("button", { name: "Save the limit" }).click();
    await main.getByText("At most 25 US dollars each time.").first().waitFor();
  });

  await t.test("resuming is not: a passkey's touch is, and then it goes on by itself", async () => {
    await main.getByRole("button", { name: "Resume" }).click();
    await dialog.getByRole("button", { name: "Resume" }).click();
    const byPasskey = dialog.getByRole("button", { name: "Use a passkey" });
    await byPasskey.waitFor();
    await dialog.getByText("show once more that it is").waitFor();
    assert.equal(await dialog.getByLabel("Email").inputValue(), "ada@example.com", "or signing in again");
    await assertAccessible(page);
    await screenshot(page, "console", "real-resume-passkey");
    assert.equal(await main.getByRole("heading", { name: "Everything is paused" }).count(), 1);
    await byPasskey.click();
    await main.getByText("Assistants may act for you again.").waitFor();
    await page.getByRole("button", { name: "Pause everything" }).waitFor();
  });

  await t.test("a limit is raised by a passkey, and kept where it is turned down", async () => {
    await main.getByRole("button", { name: "Change" }).click();
    await dialog.getByLabel("Each time, at most").fill("2500");
    await dialog.getByRole("button", { name: "Save the limit" }).click();
    await dialog.getByRole("button", { name: "Use a passkey" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await main.getByText("At most 2 500 US dollars").count(), 0);
    await main.getByRole("button", { name: "Change" }).click();
    await dialog.getByLabel("Each time, at most").fill("250");
    await dialog.getByRole("button", { name: "Save the limit" }).click();
    await dialog.getByRole("button", { name: "Use a passkey" }).click();
    await main.getByText("At most 250 US dollars each time.").first().waitFor();
  });

  await t.test("what was refused left its receipts, too", async () => {
    await page.goto(`${baseUrl}/app/receipts`);
    await page.getByRole("cell", { name: "Refused" }).first().waitFor();
    await page.getByRole("cell", { name: "Resume everything" }).first().waitFor();
  });
});

const TIERS = [
  { name: "free", title: "Free" },
  { name: "pro", title: "Pro" },
];

test("on the real server: an administrator's touch gives a tier and a bundle, a click alone neither", async (t) => {
  const { page, dialog, ...server } = await stage(t, { BELLHOP_TIERS: JSON.stringify(TIERS) });
  const { baseUrl, dataDirectory } = server;
  const { code, stderr } = await runBellhop(["admin", "grant", "ada@example.com"], {
    BELLHOP_DATA_DIR: dataDirectory,
    SERVER_BASE_URL: baseUrl,
  });
  assert.equal(code, 0, stderr);
  const bens = openProgram(server);
  await bens.signIn("ben@example.com");
  const usage = async () => (await bens.get("/api/usage")).body;
  await page.goto(`${baseUrl}/app/admin/people`);
  const ben = page.getByRole("listitem").filter({ hasText: "ben@example.com" });
  const byPasskey = dialog.getByRole("button", { name: "Use a passkey" });

  await t.test("a tier", async () => {
    await ben.getByRole("button", { name: "Tier" }).click();
    await dialog.getByText("Pro", { exact: true }).click();
    await dialog.getByRole("button", { name: "Set the tier" }).click();
    await byPasskey.waitFor();
    assert.equal((await usage()).tier.name, "free", "nothing yet");
    await assertAccessible(page);
    await pictureOfWindow(page, "real-admin-tier-passkey");
    await byPasskey.click();
    await ben.getByText("Pro", { exact: true }).waitFor();
    assert.equal((await usage()).tier.name, "pro");
  });

  await t.test("a bundle; taking it is a click", async () => {
    await ben.getByRole("button", { name: "Bundles" }).click();
    await dialog.getByRole("textbox", { name: "Bundle" }).fill("signals");
    await dialog.getByRole("button", { name: "Give it" }).click();
    await byPasskey.waitFor();
    assert.deepEqual((await usage()).bundles, []);
    await assertAccessible(page);
    await pictureOfWindow(page, "real-admin-bundle-passkey");
    await byPasskey.click();
    const given = dialog.getByRole("list", { name: "Bundles" }).getByRole("listitem");
    await given.getByText("signals").waitFor();
    assert.deepEqual((await usage()).bundles, ["signals"]);
    await given.getByRole("button", { name: "Take" }).click();
    await dialog.getByRole("button", { name: "Take it" }).click();
    await page.getByRole("region", { name: "Notices" }).getByText("The bundle is taken.").waitFor();
    assert.deepEqual((await usage()).bundles, []);
  });

  await t.test("what was tried by a click alone left its receipts", async () => {
    await page.goto(`${baseUrl}/app/receipts`);
    for (const title of ["Set a person's tier", "Give a person a bundle"])
      await page.getByRole("row").filter({ hasText: title }).filter({ hasText: "Refused" }).first().waitFor();
  });
});
