import assert from "node:assert/strict";
import { test } from "node:test";
import { addPasskeyDevice, openBrowser, screenshot } from "../browser.ts";
import { startWhole } from "../e2e/whole-server.ts";
import { assertAccessible, watch } from "./stage.ts";

test("on the real server: pausing is one press; resuming asks, a passkey proves who it is, and it goes on", async (t) => {
  const server = await startWhole(t);
  const { baseUrl, peer, clock } = server;
  const browser = await openBrowser(t);
  browser.setDefaultTimeout(20_000);
  const page = await browser.newPage();
  const wrongs: string[] = [];
  watch(page, baseUrl, wrongs);
  t.after(() => assert.deepEqual(wrongs, []));
  const main = page.getByRole("main");
  const dialog = page.getByRole("dialog");

  await page.goto(`${baseUrl}/app/settings`);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  const code = /\b\d{6}\b/.exec((await peer.take("ada@example.com")).text)?.[0] ?? "";
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await addPasskeyDevice(page);
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await passkeys.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  await passkeys.getByRole("listitem").getByText("Chrome on Linux").waitFor();
  clock.pass(3600);

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
