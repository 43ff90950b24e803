import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { signedIn } from "./console-room.ts";
import { failNext } from "./world.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

async function withUsage(t: TestContext, options: BrowserContextOptions = {}) {
  const visited = await signedIn(t, options);
  visited.world.work.usage = {
    tier: { name: "pro", title: "Pro", until: "2026-12-31T12:00:00.000Z" },
    bundles: ["wallet", "reports"],
    callsPerMinute: 120,
    callsToday: 1314,
    resetsAt: "2026-11-22T00:00:00.000Z",
    tools: [
      { name: "get-items", title: "Get items", usedToday: 1290, perDay: null, needs: null },
      { name: "account_report", title: "Account report", usedToday: 3, perDay: 20, needs: null },
      { name: "swap_execute", title: "Swap tokens", usedToday: 10, perDay: 10, needs: null },
      { name: "voice_call", title: "Call by voice", usedToday: 0, perDay: null, needs: "Needs Team." },
      { name: "bulk", title: "Bulk import", usedToday: 0, perDay: null, needs: "No plan on sale here holds it." },
    ],
    tiers: [
      { name: "free", title: "Free", callsPerMinute: 30 },
      { name: "pro", title: "Pro", callsPerMinute: 120 },
      { name: "team", title: "Team", callsPerMinute: null },
    ],
    upgradeUrl: "https://example.com/plans",
  };
  return visited;
}

test("what a plan allows and what of it is used, in words and quiet bars", async (t) => {
  const { page, url } = await withUsage(t);
  await page.goto(`${url}/app/limits`);
  await page.getByRole("navigation", { name: "Limits" }).getByRole("link", { name: "Your plan" }).click();
  await page.getByRole("heading", { level: 1, name: "Your plan" }).waitFor();
  await page.getByRole("heading", { name: "Pro" }).waitFor();
  await page.getByText("120 calls a minute · until 31 Dec 2026").waitFor();
  await page.getByText("1,314 calls").waitFor();
  const tools = page.getByRole("list", { name: "Tools used today" }).getByRole("listitem");
  assert.equal(await tools.count(), 3);
  await tools.first().getByText("3 of 20").first().waitFor();
  assert.equal(await tools.first().getByRole("meter").getAttribute("aria-label"), "Account report: 3 of 20");
  await tools.nth(1).getByText("10 of 10, none left today").waitFor();
  await page.getByText("Counts begin anew at 00:00, UTC time.").waitFor();
  const locked = page.getByRole("list", { name: "Not in your plan" }).getByRole("listitem");
  await locked.first().getByText("Needs Team.").waitFor();
  await locked.nth(1).getByText("No plan on sale here holds it.").waitFor();
  const upgrade = page.getByRole("link", { name: "Get these tools" });
  assert.equal(await upgrade.getAttribute("href"), "https://example.com/plans");
  const ways = page.getByRole("navigation", { name: "Pages" });
  assert.equal(await ways.locator("[aria-current=page]").innerText(), "Limits");
  await assertAccessible(page);
  await screenshot(page, "console", "usage");
});

test("counts begin anew at a time in the person's own zone", async (t) => {
  const { page, url } = await withUsage(t, { timezoneId: "America/Sao_Paulo" });
  await page.goto(`${url}/app/usage`);
  await page.getByText("Counts begin anew at 21:00, America/Sao Paulo time.").waitFor();
});

test("with nothing used, no other plan and no place for a larger one, the page says just that", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.work.usage = { ...world.work.usage, upgradeUrl: "javascript:alert(1)" };
  await page.goto(`${url}/app/usage`);
  await page.getByText("Nothing was used today.").waitFor();
  assert.equal(await page.getByRole("main").getByRole("link").count(), 2, "the way between the two pages alone");
  await assertAccessible(page);
});

test("a server that stumbles is named with its request, and asked again", async (t) => {
  const { page, url, world } = await withUsage(t);
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /api/usage", busy);
  failNext(world, "GET /api/usage", busy);
  await page.goto(`${url}/app/usage`);
  await page.getByText("The database is busy.").waitFor();
  await page.getByText("Request id").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("1,314 calls").waitFor();
});

test("no larger plan is offered to who has the largest, nor where the link leads to this very page", async (t) => {
  const { page, url, world } = await withUsage(t);
  const larger = page.getByRole("link", { name: "See larger plans" });
  await page.goto(`${url}/app/usage`);
  await larger.waitFor();
  await page.getByRole("heading", { name: "All plans" }).waitFor();
  const here = { ...world.work.usage, upgradeUrl: `${url}/app/usage` };
  world.work.usage = here;
  await page.reload();
  await page.getByText("1,314 calls").waitFor();
  assert.equal(await larger.count(), 0);
  assert.equal(await page.getByRole("link", { name: "Get these tools" }).count(), 0);
  world.work.usage = {
    ...here,
    upgradeUrl: "https://example.com/plans",
    tier: { name: "team", title: "Team", until: null },
    tiers: [
      { name: "free", title: "Free", callsPerMinute: 120 },
      { name: "team", title: "Team", callsPerMinute: 120 },
    ],
  };
  await page.reload();
  await page.getByRole("heading", { name: "Team" }).waitFor();
  assert.equal(await larger.count(), 0);
  assert.equal(await page.getByRole("heading", { name: "All plans" }).count(), 0, "they are alike");
});

test("on a phone, in the dark", async (t) => {
  const { page, url } = await withUsage(t, { ...phone, colorScheme: "dark" });
  await page.goto(`${url}/app/usage`);
  await page.getByText("1,314 calls").waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "console", "usage-phone-dark");
});
