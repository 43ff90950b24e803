import assert from "node:assert/strict";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { openBrowser, screenshot } from "../browser.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { pictureOf } from "./console-room.ts";
import { assertAccessible, watch } from "./stage.ts";

test("on the real server: an assistant asks, the bell rings, the person decides, and the receipt proves it", async (t) => {
  const app = await privyApp();
  const environment = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const bellhop = await startBellhop(t, { environment });
  const browser = await openBrowser(t);
  browser.setDefaultTimeout(20_000);
  const wrongs: string[] = [];
  browser.on("page", (page) => watch(page, bellhop.url, wrongs));
  t.after(() => assert.deepEqual(wrongs, []));
  await browser.request.post(`${bellhop.url}/api/sign-in/privy`, {
    headers: { origin: bellhop.url },
    data: { token: await app.token() },
  });
  const { access_token } = await linkWithPrivy(bellhop.url, app);
  const home = await browser.newPage();
  const live = home.waitForResponse((response) => response.url().endsWith("/api/events"));
  await home.goto(`${bellhop.url}/app`);
  await live;
  const bell = (name: string) => home.getByRole("banner").getByRole("button", { name, exact: true });
  await bell("Nothing waits for you").waitFor();
  const ask = (itemIds: readonly string[]) => callTool(bellhop.mcpUrl, access_token, "delete-items", { itemIds });

  assert.equal((await ask(["newsletter-june"])).status, 200);
  await bell("1 approval waits for you").click();
  const card = home.getByRole("dialog").getByRole("link", { name: /^Delete “/ });
  await card.waitFor();
  await assertAccessible(home);
  await pictureOf(home, "real-approval-bell");
  await card.click();
  await home.getByText("Waits for you").first().waitFor();
  await assertAccessible(home);
  await screenshot(home, "console", "real-approval");
  await home.getByRole("button", { name: "Approve", exact: true }).click();
  await home.getByRole("region", { name: "You approved this. It is done." }).waitFor();
  await bell("Nothing waits for you").waitFor();
  await assertAccessible(home);
  await screenshot(home, "console", "real-approval-done");
  await home.getByRole("button", { name: "Receipt", exact: true }).click();
  const drawer = home.getByRole("dialog", { name: "Delete items" });
  await drawer.getByText("Changed your data").waitFor();
  await drawer.getByRole("button", { name: "Verify" }).click();
  await drawer.getByText("Verified.").waitFor();
  await assertAccessible(home);
  await pictureOf(home, "real-approval-verified");
  await home.keyboard.press("Escape");

  assert.equal((await ask(["order-chairs"])).status, 200);
  await bell("1 approval waits for you").waitFor();
  await home.getByRole("main").getByRole("link", { name: "All approvals" }).click();
  await home.getByRole("region", { name: "Waiting for you" }).getByRole("link").click();
  await home.getByRole("button", { name: "Reject", exact: true }).click();
  await home.getByRole("region", { name: "You rejected this." }).waitFor();
  await home.getByRole("main").getByRole("link", { name: "All approvals" }).click();
  const decided = home.getByRole("region", { name: "Decided" });
  await decided.getByText("Rejected").waitFor();
  await decided.getByText("Approved and done").waitFor();
  await screenshot(home, "console", "real-approvals");
  const items = await callTool(bellhop.mcpUrl, access_token, "get-items", {});
  const left = await items.text();
  assert.ok(left.includes("order-chairs") && !left.includes("newsletter-june"), "only what was approved was done");
});
