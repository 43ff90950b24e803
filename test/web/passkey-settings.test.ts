import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { addPasskeyDevice, screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { failNext } from "./world.ts";
import { inMinutes } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

test("by keyboard: a passkey is made, renamed and removed", async (t) => {
  const { page, url, world } = await signedIn(t);
  await addPasskeyDevice(page);
  await page.goto(`${url}/app/settings`);
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await passkeys.getByText("you approve larger amounts with one touch").waitFor();
  await tabTo(page, "Add a passkey", 80);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByText("None of that leaves your device.").waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "label");
  assert.equal(await dialog.getByLabel("Name").inputValue(), "Chrome on Linux");
  await assertAccessible(page);
  await pictureOf(page, "passkey-add");
  await dialog.getByLabel("Name").fill("Work laptop");
  await page.keyboard.press("Enter");
  const row = passkeys.getByRole("listitem");
  await row.getByText("Work laptop").waitFor();
  await row.getByText("not used yet").waitFor();
  await dialog.waitFor({ state: "hidden" });
  await focusReaches(page, "Add a passkey");
  await row.getByRole("button", { name: "Rename" }).click();
  const rename = page.getByRole("dialog", { name: "Rename this passkey" });
  await rename.getByLabel("Name").fill("Home laptop");
  await page.keyboard.press("Enter");
  await row.getByText("Home laptop").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "settings-passkeys");
  await row.getByRole("button", { name: "Remove" }).click();
  const remove = page.getByRole("dialog", { name: "Remove Home laptop?" });
  await remove.getByText("It no longer approves anything.").waitFor();
  await focusReaches(page, "Keep it", "the harmless answer has the focus");
  await remove.getByRole("button", { name: "Remove" }).click();
  await passkeys.getByText("None yet.").waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "content");
  assert.deepEqual(world.work.done, [
    'POST /api/passkeys {"label":"Work laptop"}',
    'PATCH /api/passkeys/p1 {"label":"Home laptop"}',
    "DELETE /api/passkeys/p1 {}",
  ]);
});

test("who does not agree on their device is told that nothing was changed, and a device is not added twice", async (t) => {
  const { page, url, world } = await signedIn(t);
  const { setAgrees } = await addPasskeyDevice(page);
  await page.goto(`${url}/app/settings`);
  const add = page.getByRole("button", { name: "Add a passkey" });
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await setAgrees(false);
  await add.click();
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByText("No passkey was made.").waitFor();
  await assertAccessible(page);
  await pictureOf(page, "passkey-not-made");
  assert.deepEqual(world.work.passkeys, []);
  await setAgrees(true);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("region", { name: "Passkeys" }).getByRole("listitem").waitFor();
  await dialog.waitFor({ state: "hidden" });
  await add.click();
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByText("This device has one of your passkeys already.").waitFor();
  assert.equal(world.work.passkeys.length, 1);
});

test("where a sign-in from a moment ago is wanted, it is asked for in place, and the passkey is then made", async (t) => {
  const { page, url, world } = await signedIn(t);
  await addPasskeyDevice(page);
  world.work.wantsFresh = true;
  world.work.passkeys = [{ id: "p0", label: "Phone", createdAt: inMinutes(-9000), lastUsedAt: inMinutes(-90) }];
  await page.goto(`${url}/app/settings`);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByText("sign in once more").waitFor();
  await assertAccessible(page);
  await pictureOf(page, "passkey-sign-in-again");
  await dialog.getByRole("button", { name: "Send me a code" }).click();
  await dialog.getByLabel("Code", { exact: true }).fill("424241");
  await dialog.getByRole("button", { name: "Sign in again" }).click();
  const rows = page.getByRole("region", { name: "Passkeys" }).getByRole("listitem");
  await rows.nth(1).getByText("Chrome on Linux").waitFor();
  world.approvals.fresh = false;
  await rows.first().getByRole("button", { name: "Remove" }).click();
  const remove = page.getByRole("dialog", { name: "Remove Phone?" });
  await remove.getByRole("button", { name: "Remove" }).click();
  await remove.getByText("sign in once more").waitFor();
  await page.keyboard.press("Escape");
  await remove.waitFor({ state: "hidden" });
  assert.equal(await rows.count(), 2, "who does not sign in again removes nothing");
});

test("a browser that makes no passkeys says so; a list that could not be read is asked for again", async (t) => {
  const { page, url, world } = await signedIn(t, phone);
  await page.addInitScript(() => Reflect.deleteProperty(window, "PublicKeyCredential"));
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /api/passkeys", busy);
  failNext(world, "GET /api/passkeys", busy);
  await page.goto(`${url}/app/settings`);
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await passkeys.getByText("The database is busy.").waitFor();
  world.work.passkeys = [{ id: "p0", label: "\u202E<i>x".repeat(60), createdAt: inMinutes(-9), lastUsedAt: null }];
  await passkeys.getByRole("button", { name: "Try again" }).click();
  await passkeys.getByText("This browser makes no passkeys here.").waitFor();
  assert.equal(await passkeys.getByRole("button", { name: "Add a passkey" }).count(), 0);
  await assertFits(page);
  await assertAccessible(page);
});
