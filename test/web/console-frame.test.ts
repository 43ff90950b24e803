import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { assertAccessible, assertFits, phone, untilLoaded } from "./stage.ts";

/** Those that a phone has behind "More". */
const BEHIND: ReadonlySet<string> = new Set(["Receipts", "Linked accounts", "Limits", "Settings"]);

/** Every page of the way around, and its heading. */
const PAGES = [
  ["Home", "What happened", "/app"],
  ["Approvals", "Approvals", "/app/approvals"],
  ["Intents", "Intents", "/app/intents"],
  ["Jobs", "Jobs", "/app/jobs"],
  ["Receipts", "Receipts", "/app/receipts"],
  ["Linked accounts", "Linked accounts", "/app/linked-accounts"],
  ["Limits", "Your limits", "/app/limits"],
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
  assert.equal(await ways.getByRole("link").count(), PAGES.length + 1, "the emulator has tests of its own");
  assert.equal(await ways.getByRole("button", { name: "More" }).count(), 0, "there is room for all");
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
  const more = ways.getByRole("button", { name: "More" });
  for (const [name, heading] of PAGES) {
    if (BEHIND.has(name)) await more.click();
    await ways.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
    assert.equal(await more.getAttribute("aria-expanded"), "false", "whoever went on has closed it");
    await untilLoaded(page);
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

test("a phone opens further pages by keyboard, and Escape or going elsewhere closes them", async (t) => {
  const { page, url, world } = await signedIn(t, phone);
  world.admin.isAdmin = true;
  await page.goto(`${url}/app/jobs`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const ways = page.getByRole("navigation", { name: "Pages" });
  const more = ways.getByRole("button", { name: "More" });
  await tabTo(page, "More", 60);
  await page.keyboard.press("Enter");
  await ways.getByRole("link", { name: "Admin" }).waitFor();
  await assertAccessible(page);
  await pictureOf(page, "more-pages-phone");
  await page.keyboard.press("Tab");
  await focusReaches(page, "Receipts");
  await page.keyboard.press("Escape");
  await focusReaches(page, "More");
  assert.equal(await ways.getByRole("link", { name: "Receipts" }).count(), 0);
  await more.click();
  await page.getByRole("heading", { level: 1 }).click();
  assert.equal(await more.getAttribute("aria-expanded"), "false");
  await more.click();
  await page.keyboard.press("Shift+Tab");
  assert.equal(await more.getAttribute("aria-expanded"), "true", "its own bar is not elsewhere");
  await ways.getByRole("link", { name: "Limits" }).click();
  await page.getByRole("heading", { level: 1, name: "Your limits" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  assert.equal(await more.getAttribute("aria-expanded"), "false");
});

test("between phone and desk, and on a narrow phone, everything fits", async (t) => {
  const { page, url } = await signedIn(t);
  for (const width of [320, 800, 1000, 1600]) {
    await page.setViewportSize({ width, height: 700 });
    for (const path of ["", "/intents", "/jobs", "/receipts", "/limits", "/usage", "/settings"]) {
      await page.goto(`${url}/app${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await untilLoaded(page);
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
