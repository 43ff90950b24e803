import assert from "node:assert/strict";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { openBrowser, screenshot } from "../browser.ts";
import { privyApp } from "../clients/raw-link.ts";
import { assertAccessible, watch } from "./stage.ts";

test("a person verifies a receipt in their own browser, and one that was altered is told apart", async (t) => {
  const app = await privyApp();
  const environment = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const bellhop = await startBellhop(t, { environment });
  const browser = await openBrowser(t);
  browser.setDefaultTimeout(20_000);
  const headers = { origin: bellhop.url };
  const signedIn = await browser.request.post(`${bellhop.url}/api/sign-in/privy`, {
    headers,
    data: { token: await app.token() },
  });
  assert.equal(signedIn.status(), 200);
  await browser.request.patch(`${bellhop.url}/api/profile`, { headers, data: { displayName: "Ada" } });
  const wrongs: string[] = [];
  const page = await browser.newPage();
  watch(page, bellhop.url, wrongs);

  await page.goto(`${bellhop.url}/app/receipts`);
  await page.getByRole("button", { name: "Change your profile" }).click();
  const drawer = page.getByRole("dialog");
  const verify = drawer.getByRole("button", { name: "Verify", exact: true });
  await verify.focus();
  await page.keyboard.press("Enter");
  await drawer.getByText("Verified.").waitFor();
  await drawer.getByText("What was asked", { exact: true }).click();
  await drawer.getByText('{"displayName":"[personal]"}').first().waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "receipt-verified");

  await page.route("**/proof", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace("[personal]", "[personol]") });
  });
  await verify.click();
  await drawer.getByText("Not verified.").waitFor();
  await drawer.getByText("What was asked was altered.").waitFor();
  assert.deepEqual(wrongs, []);
});
