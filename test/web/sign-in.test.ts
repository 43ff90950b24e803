import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { failNext } from "./world.ts";
import { assertAccessible, assertFits, phone, visit } from "./stage.ts";

test("signing in: an address, the code from the terminal, and the page that was asked for", async (t) => {
  const { page, url, world } = await visit(t);
  await page.goto(`${url}/app/receipts`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.title(), "Sign in · Bellhop");
  assert.equal(new URL(page.url()).pathname, "/app/sign-in");
  assert.ok(await page.getByLabel("Email").evaluate((input) => input === document.activeElement), "the cursor waits");
  await assertAccessible(page);
  await screenshot(page, "web", "sign-in-email");

  await page.keyboard.type("ada@example.com");
  await page.keyboard.press("Enter");
  await page.getByText("in the server’s terminal").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "sign-in-code");
  await page.keyboard.type("424 241");
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: "Receipts", exact: true }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/app/receipts");
  assert.deepEqual(world.codes, [{ email: "ada@example.com", code: "424241" }]);
  assert.ok(await page.getByRole("heading", { level: 1 }).evaluate((heading) => heading === document.activeElement));
});

test("with a mail server the page says where else to look", async (t) => {
  const { page, url, world } = await visit(t);
  world.localMailbox = false;
  world.providers = [...world.providers, { id: "privy", title: "Privy", way: "elsewhere" }];
  await page.goto(`${url}/app/sign-in`);
  await page.getByText("If you use Privy, start in the app that you know.").waitFor();
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByText("look in the spam folder").waitFor();
  assert.equal(await page.getByText("terminal").count(), 0);
});

test("a wrong code is refused with its reason, and the right one still works", async (t) => {
  const { page, url } = await visit(t);
  await page.goto(`${url}/app`);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const alert = page.getByRole("alert");
  await alert.getByText("This code is wrong, used, or no longer valid.").waitFor();
  await alert.getByText("Check the newest message, or ask for a new code.").waitFor();
  await alert.getByText(/^Request id/).waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "sign-in-wrong-code");
  await page.getByLabel("Code", { exact: true }).fill("424241");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "What happened" }).waitFor();
});

test("a new code replaces the old one, and another address can be used", async (t) => {
  const { page, url, world } = await visit(t);
  await page.goto(`${url}/app/sign-in`);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code", { exact: true }).fill("1");
  await page.getByRole("button", { name: "Send a new code" }).click();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("input[name=code]")?.value === "");
  assert.equal(world.codes.length, 2);
  await page.getByRole("button", { name: "Use another address" }).click();
  assert.equal(await page.getByLabel("Email").inputValue(), "ada@example.com");
  await page.getByLabel("Email").fill("grace@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByText("grace@example.com").waitFor();
  await page.getByLabel("Code", { exact: true }).fill("424243");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("grace@example.com").waitFor();
  assert.equal(world.person, "grace@example.com");
});

test("a limit says how long to wait, and counts down", async (t) => {
  const { page, url, world } = await visit(t);
  failNext(
    world,
    "POST /api/sign-in/email",
    new AppError("rate_limited", "Too many codes were asked for.", { details: { retryAfter: 2 } }),
  );
  await page.goto(`${url}/app/sign-in`);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByText("Too many codes were asked for.").waitFor();
  const button = page.getByRole("button", { name: /^Send me a code \(in \d s\)$/ });
  assert.equal(await button.isDisabled(), true);
  await screenshot(page, "web", "sign-in-limited");
  await page.getByRole("button", { name: "Send me a code", exact: true }).click();
  await page.getByLabel("Code", { exact: true }).waitFor();
});

test("a server that stumbles is asked again, one that is gone is named", async (t) => {
  const { page, url, world } = await visit(t);
  failNext(world, "GET /api/sign-in", new AppError("unavailable", "The database is busy."));
  await page.goto(`${url}/app/sign-in`);
  await page.getByLabel("Email").waitFor();
  await page.route("**/api/**", (route) => route.abort());
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByText("The server did not answer.").waitFor();
});

test("signing out ends the session here and at once", async (t) => {
  const { page, url, world } = await visit(t);
  world.person = "ada@example.com";
  await page.goto(`${url}/app`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(world.person, null);
  await page.goto(`${url}/app/sign-in?to=https://evil.example/`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("on a phone and in the dark", async (t) => {
  const { page, url } = await visit(t, { ...phone, colorScheme: "dark" });
  await page.goto(`${url}/app/sign-in`);
  await page.getByLabel("Email").fill("a.very.long.address.of.a.person@subdomain.of.a.long.example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code", { exact: true }).waitFor();
  await screenshot(page, "web", "sign-in-phone-dark");
  await assertFits(page);
  await assertAccessible(page);
});
