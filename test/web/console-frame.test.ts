import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

/** Every page of the way around, and its heading. */
const PAGES = [
  ["Home", "What happened", "/app"],
  ["Intents", "Intents", "/app/intents"],
  ["Receipts", "Receipts", "/app/receipts"],
  ["Linked accounts", "Linked accounts", "/app/linked-accounts"],
  ["Settings", "Settings", "/app/settings"],
] as const;

test("every page is a click away, says where it is, and brings the focus to its heading", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  const ways = page.getByRole("navigation", { name: "Pages" });
  for (const [name, heading, path] of PAGES) {
    await ways.getByRole("link", { name, exact: true }).click();
    const title = page.getByRole("heading", { level: 1, name: heading, exact: true });
    await title.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    assert.equal(new URL(page.url()).pathname.replace(/\/$/, ""), path);
    assert.equal(await ways.locator("[aria-current=page]").innerText(), name);
    await assertAccessible(page);
  }
  assert.equal(
    await ways.getByRole("link").count(),
    PAGES.length + 2,
    "approvals and the emulator have tests of their own",
  );
});

test("by keyboard alone: past the frame at once, from page to page, and back", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Tab");
  await focusReaches(page, "Skip to the content");
  await pictureOf(page, "skip-link");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  await tabTo(page, "Skip to the content", 60);
  await tabTo(page, "Intents");
  await pictureOf(page, "navigation-keyboard");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Intents" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === "Intents");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "What happened" }).waitFor();
});

test("a phone has the same way around, along the lower edge, and nothing hides behind it", async (t) => {
  const { page, url } = await signedIn(t, phone);
  await page.goto(`${url}/app`);
  const ways = page.getByRole("navigation", { name: "Pages" });
  for (const [name, heading] of PAGES) {
    await ways.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
    await page.getByText("Loading").waitFor({ state: "detached" });
    await assertFits(page);
    await assertAccessible(page);
  }
  const bar = await ways.boundingBox();
  assert.equal(Math.round((bar?.y ?? 0) + (bar?.height ?? 0)), 720);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  const footer = await page.getByRole("contentinfo").boundingBox();
  assert.ok((footer?.y ?? 999) + (footer?.height ?? 0) <= (bar?.y ?? 0) + 1, "the last line can be read");
  for (const link of await ways.getByRole("link").all()) {
    const box = await link.boundingBox();
    assert.ok((box?.width ?? 0) >= 44 && (box?.height ?? 0) >= 44, "a thumb can hit it");
  }
});

test("between phone and desk, and on a narrow phone, everything fits", async (t) => {
  const { page, url } = await signedIn(t);
  for (const width of [320, 800, 1000, 1600]) {
    await page.setViewportSize({ width, height: 700 });
    for (const path of ["", "/intents", "/receipts", "/settings"]) {
      await page.goto(`${url}/app${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.getByText("Loading").waitFor({ state: "detached" });
      await assertFits(page);
    }
    await screenshot(page, "console", `settings-${width}`);
  }
});

test("the first load of a page brings at most 250 kB of script, and another page only its own", async (t) => {
  const { page, url } = await signedIn(t);
  let bytes = 0;
  const scripts: string[] = [];
  page.on("response", (response) => {
    if (!response.url().endsWith(".js")) return;
    scripts.push(response.url());
    bytes += Number(response.headers()["content-length"] ?? Number.NaN);
  });
  await page.goto(`${url}/app`);
  await page.getByRole("button", { name: "You: Revoke a link" }).waitFor();
  t.diagnostic(`console, first load: ${(bytes / 1000).toFixed(1)} kB of script in gzip, ${scripts.length} files`);
  assert.ok(bytes > 0 && bytes <= 250_000, `${bytes} bytes`);
  const before = bytes;
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  assert.ok(bytes > before && bytes - before < 20_000, `${bytes - before} bytes`);
});

test("a page whose script cannot be loaded says so, and the frame stays", async (t) => {
  const { page, url, wrongs } = await signedIn(t);
  await page.goto(`${url}/app`);
  await page.getByRole("button", { name: "You: Revoke a link" }).waitFor();
  await page.route("**/assets/settings-page-*.js", (route) => route.abort());
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "This page broke" }).waitFor();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "page-broken");
  await page.getByRole("link", { name: "Intents" }).click();
  await page.getByRole("heading", { level: 1, name: "Intents" }).waitFor();
  for (const wrong of wrongs.splice(0)) assert.match(wrong, /Failed to fetch dynamically imported module/);
});
