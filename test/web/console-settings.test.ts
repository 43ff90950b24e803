import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { failNext } from "./world.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

const twoWays = [
  { id: "i1", issuer: "email", label: "ada@example.com", createdAt: "2026-11-01T08:00:00.000Z" },
  { id: "i2", issuer: "privy", label: "did:privy:cm3np4u9j001rc8b73seqmqqk", createdAt: "2026-11-11T08:00:00.000Z" },
];

test("a name: saved, shown in the frame, taken back", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  await page.getByLabel("Name").fill("  Ada Lovelace ");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Notices" }).getByText("Saved.").waitFor();
  assert.equal(world.displayName, "Ada Lovelace");
  await page.getByRole("banner").getByText("Ada Lovelace").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "settings");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("banner").getByText("ada@example.com").waitFor();
  assert.equal(world.displayName, null);
  failNext(world, "PATCH /api/profile", new AppError("unavailable", "The database is busy."));
  await page.getByLabel("Name").fill("Countess");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The database is busy.").waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "Countess");
});

test("light or dark is the person's choice, kept in this browser and told to its other windows", async (t) => {
  const { page, url } = await signedIn(t);
  const look = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const other = await page.context().newPage();
  for (const window of [page, other]) {
    await window.goto(`${url}/app/settings`);
    await window.getByRole("radio", { name: "System" }).waitFor();
  }
  await page.bringToFront();
  const light = await look();
  await page.getByRole("radio", { name: "System" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.getByRole("radio", { name: "Dark" }).isChecked());
  const dark = await look();
  assert.notEqual(dark, light);
  await other.waitForFunction((color) => getComputedStyle(document.body).backgroundColor === color, dark, {
    polling: 50,
  });
  await page.reload();
  assert.equal(await look(), dark, "a page begins in the look that was chosen");
  await page.getByRole("button", { name: "Use the light look" }).click();
  assert.equal(await look(), light);
  await page.getByText("System", { exact: true }).click();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction((color) => getComputedStyle(document.body).backgroundColor === color, dark);
});

test("ways to sign in: another address by its code, and one less", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  const ways = page.getByRole("region", { name: "Ways to sign in" });
  await ways.getByText("Your only one, so it stays.").waitFor();
  await ways.getByRole("button", { name: "Add an email address" }).press("Enter");
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "email");
  await page.keyboard.type("ada@work.example.com");
  await page.keyboard.press("Enter");
  await ways.getByText("ada@work.example.com").waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "code");
  await page.keyboard.type("000000");
  await page.keyboard.press("Enter");
  await ways.getByText("This code is wrong, used, or no longer valid.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "settings-add-email");
  await page.keyboard.type("424241");
  await page.keyboard.press("Enter");
  await ways.getByText("ada@work.example.com").waitFor();
  await page.getByText("signs you in, too.").waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === "Add an email address");
  assert.equal(world.identities.length, 2);

  const remove = ways.getByRole("button", { name: "Remove" }).first();
  await remove.click();
  const dialog = page.getByRole("dialog", { name: "Remove this way to sign in?" });
  await dialog
    .getByText("You can no longer sign in with ada@example.com, and your other browsers are signed out.")
    .waitFor();
  await focusReaches(page, "Keep it", "the harmless answer has the focus");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await remove.click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await ways.getByText("Your only one, so it stays.").waitFor();
  assert.equal(world.identities.length, 1);
});

test("adding wants a sign-in from a moment ago; what was typed stays meanwhile", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  const ways = page.getByRole("region", { name: "Ways to sign in" });
  await ways.getByRole("button", { name: "Add an email address" }).click();
  await ways.getByLabel("Email").fill("ada@work.example.com");
  await ways.getByRole("button", { name: "Send me a code" }).click();
  const fresh = new AppError("fresh_sign_in_required", "This needs a sign-in of the last five minutes.");
  failNext(world, "POST /api/identities/email/verify", fresh);
  await ways.getByLabel("Code", { exact: true }).fill("424241");
  await ways.getByRole("button", { name: "Add", exact: true }).click();
  await ways.getByText("so first sign in once more with what you have").waitFor();
  assert.equal(await ways.getByLabel("Email").inputValue(), "ada@example.com");
  await assertAccessible(page);
  await screenshot(page, "console", "settings-add-sign-in-again");
  await ways.getByRole("button", { name: "Send me a code" }).click();
  await ways.getByLabel("Code", { exact: true }).and(page.locator(":visible")).fill("424242");
  await ways.getByRole("button", { name: "Sign in again" }).click();
  await ways.getByText("Now press Add once more.").waitFor();
  assert.equal(await ways.getByLabel("Code", { exact: true }).inputValue(), "424241");
  world.codes.pop();
  await ways.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("signs you in, too.").waitFor();
  assert.equal(world.identities.length, 2);
});

test("an address of another account is refused; adding can be given up", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  await page.getByRole("button", { name: "Add an email address" }).click();
  await page.getByLabel("Email").fill("taken@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code", { exact: true }).fill("424241");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Another account signs in with that address.").waitFor();
  await page.getByText("Sign in with that identity, or use another one.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await focusReaches(page, "Add an email address");
});

test("signing out everywhere asks first, and says what stays", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out everywhere?" });
  await dialog.getByText("What the command line and voice do for you ends. Assistants stay linked.").waitFor();
  assert.ok(!(await dialog.getByRole("checkbox").isChecked()), "links stay unless the person says so");
  await assertAccessible(page);
  await pictureOf(page, "settings-sign-out");
  await dialog.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText("You are signed out everywhere.").waitFor();
  assert.equal(world.person, null);
  assert.equal(world.grants.length, 2);
});

test("signing out everywhere ends the links of all assistants, where the person says so", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  const sessions = page.getByRole("region", { name: "Sessions" });
  const before = world.grants;
  await sessions.getByText("2 assistants stay linked unless you end that, too.").waitFor();
  await sessions.getByRole("button", { name: "Sign out everywhere" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out everywhere?" });
  await dialog.getByRole("checkbox", { name: "End the links of 2 assistants, too" }).check();
  await dialog.getByText("Assistants stay linked.").waitFor({ state: "detached" });
  await assertAccessible(page);
  await pictureOf(page, "settings-sign-out-links");
  await dialog.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("You are signed out everywhere, and no assistant is linked.").waitFor();
  assert.deepEqual([world.person, world.grants], [null, []]);
  world.person = "ada@example.com";
  await page.goto(`${url}/app/settings`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await dialog.getByText("No assistant is linked.").waitFor();
  assert.equal(await dialog.getByRole("checkbox").count(), 0);
  assert.equal(await sessions.getByText("linked unless").count(), 0);
  // Somebody has linked one since the page was read.
  await dialog.getByRole("button", { name: "Stay signed in" }).click();
  world.grants = before.slice(0, 1);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await dialog.getByRole("checkbox", { name: "End the link of 1 assistant, too" }).waitFor();
});

test("all of the person's data as a file", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.exported = { intents: ["I want to learn to build a violin."] };
  await page.goto(`${url}/app/settings`);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export my data" }).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), "bellhop-export-2026-11-21.json");
  assert.deepEqual(JSON.parse(readFileSync(await file.path(), "utf8")), world.exported);
  failNext(world, "GET /api/export", new AppError("unavailable", "The database is busy."));
  await page.getByRole("button", { name: "Export my data" }).click();
  await page.getByRole("region", { name: "Your data" }).getByText("The database is busy.").waitFor();
});

test("deleting everything takes the account's name, typed, and is the only red", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.identities = twoWays;
  await page.goto(`${url}/app/settings`);
  await page.getByRole("button", { name: "Delete my data" }).waitFor();
  await tabTo(page, "Delete my data");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Delete everything?" });
  await dialog.getByText("It cannot be undone.").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "confirm");
  const erase = dialog.getByRole("button", { name: "Delete everything" });
  await page.keyboard.type("ada@example.co");
  await page.keyboard.press("Enter");
  assert.ok(await erase.isDisabled());
  assert.equal(world.person, "ada@example.com");
  await assertAccessible(page);
  await pictureOf(page, "settings-delete");
  const red = await erase.evaluate((button) => getComputedStyle(button).getPropertyValue("--red"));
  assert.notEqual(red, "");
  failNext(world, "DELETE /api/account", new AppError("unavailable", "The database is busy."));
  await page.keyboard.type("m");
  await page.keyboard.press("Enter");
  await dialog.getByText("The database is busy.").waitFor();
  await erase.click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText("All that was kept of you is erased.").waitFor();
  assert.equal(world.person, null);
  await screenshot(page, "console", "settings-deleted");
});

test("on a phone, in the dark", async (t) => {
  const { page, url, world } = await signedIn(t, { ...phone, colorScheme: "dark" });
  world.identities = twoWays;
  await page.goto(`${url}/app/settings`);
  await page.getByRole("button", { name: "Delete my data" }).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "console", "settings-phone-dark");
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("checkbox").check();
  await assertAccessible(page);
  await pictureOf(page, "settings-sign-out-phone-dark");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Delete my data" }).click();
  await page.getByRole("dialog").waitFor();
  await assertAccessible(page);
  await pictureOf(page, "settings-delete-phone-dark");
});
