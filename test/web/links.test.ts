import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { focusReaches, tabTo } from "./console-room.ts";
import { failNext } from "./world.ts";
import { attemptOf, grantOf, workingAttempt } from "./samples.ts";
import { type Visit, assertAccessible, assertFits, phone, pictureOfWindow, visit } from "./stage.ts";

const code = {
  clientName: "Claude Code",
  channel: "mcp",
  clientKind: "document",
  clientVerified: true,
  clientId: "https://claude.ai/oauth/claude-code-client-metadata",
};
const idOf = (index: number): string => `01939f00-0000-7000-8000-00000000000${index}`;

async function linked(t: TestContext, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(t, options);
  const { world } = visited;
  world.person = "ada@example.com";
  world.grants = [
    grantOf({ ...code, id: idOf(1), redirectHost: "localhost:51234" }),
    grantOf({ id: idOf(2) }),
    grantOf({ ...code, id: idOf(3), redirectHost: "localhost:6100", lastUsedAt: null }),
    grantOf({ ...code, id: idOf(4), redirectHost: "evil.example" }),
  ];
  world.attempts = [
    attemptOf(0),
    workingAttempt(1),
    attemptOf(2, {
      state: "open",
      steps: [
        {
          step: "authorize",
          outcome: "ok",
          code: null,
          reason: null,
          fix: null,
          count: 1,
          at: "2026-11-20T10:00:00.000Z",
          requestId: null,
        },
      ],
    }),
  ];
  await visited.page.goto(`${visited.url}/app/linked-accounts`);
  return visited;
}

test("several links of one assistant stand together; the same name elsewhere stands apart", async (t) => {
  const { page } = await linked(t);
  const cards = page.getByRole("article");
  await cards.first().waitFor();
  assert.equal(await cards.count(), 3);
  const group = cards.first();
  await group.getByText("localhost · MCP client").waitFor();
  await group.getByText("Described by claude.ai itself").waitFor();
  assert.equal(
    await group.getByRole("list", { name: "Links of Claude Code" }).getByRole("button", { name: "Revoke" }).count(),
    2,
  );
  await cards.nth(2).getByText("evil.example").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "links-grouped");
});

test("all of them are revoked at once, and one that could not be is asked for again alone", async (t) => {
  const { page, world } = await linked(t);
  failNext(world, `DELETE /api/grants/${idOf(3)}`, new AppError("unavailable", "The database is busy."));
  await page.getByRole("article").first().getByRole("button", { name: "Revoke all 2" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke Claude Code?" });
  await dialog.getByText("All 2 links of Claude Code end").waitFor();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByText("The database is busy.").waitFor();
  assert.deepEqual(
    world.grants.map(({ id }) => id),
    [idOf(2), idOf(3), idOf(4)],
  );
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("2 links have ended.").waitFor();
  assert.deepEqual(
    world.grants.map(({ id }) => id),
    [idOf(2), idOf(4)],
  );
});

test("a link is narrowed with the keyboard alone, without linking again", async (t) => {
  const { page, world } = await linked(t);
  const claude = page.getByRole("article", { name: "Claude", exact: true });
  await claude.getByRole("button", { name: "Allow less" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "What Claude may do" });
  const confirm = dialog.getByRole("button", { name: "Allow only this" });
  assert.ok(await confirm.isDisabled(), "nothing was taken away yet");
  await focusReaches(page, "Leave it");
  for (const box of await dialog.getByRole("checkbox").all()) await box.uncheck();
  await dialog.getByText("Nothing would be left. Revoke it instead.").waitFor();
  assert.ok(await confirm.isDisabled());
  await dialog.getByRole("checkbox", { name: "Read your items and intents" }).check();
  await assertAccessible(page);
  await pictureOfWindow(page, "links-narrow");
  await tabTo(page, "Allow only this");
  await page.keyboard.press("Enter");
  await page.getByText("Claude may do less from its next call on.").waitFor();
  assert.deepEqual(world.grants[1]?.["permissions"], [{ name: "read", grants: "Read your items and intents" }]);
  assert.equal(await claude.getByText("Add to and change").count(), 0);
  assert.equal(
    await claude.getByRole("button", { name: "Allow less" }).count(),
    0,
    "a last permission is revoked, not taken",
  );
});

test("a link that could not be narrowed says why, and stays as it was", async (t) => {
  const { page, world } = await linked(t);
  failNext(world, `PATCH /api/grants/${idOf(2)}`, new AppError("conflict", "The link was changed meanwhile."));
  await page.getByRole("article", { name: "Claude", exact: true }).getByRole("button", { name: "Allow less" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox").first().uncheck();
  await dialog.getByRole("button", { name: "Allow only this" }).click();
  await dialog.getByText("The link was changed meanwhile.").waitFor();
  await dialog.getByRole("button", { name: "Leave it" }).click();
  assert.equal(
    await page.getByRole("article", { name: "Claude", exact: true }).getByText("Add to and change").count(),
    1,
  );
});

test("why did it fail? Each attempt says where it stopped, why, and what mends it", async (t) => {
  const { page } = await linked(t);
  const attempts = page.getByRole("region", { name: "Recent attempts to link" });
  await attempts.getByText("Failed at: Fetched its tokens").waitFor();
  await attempts.getByText("Linked and in use").waitFor();
  await attempts.getByText("Stopped at: Opened the page that asks").waitFor();
  const failed = attempts.locator("summary").first();
  await failed.focus();
  await page.keyboard.press("Enter");
  await attempts.getByText("Link again; if it stays").waitFor();
  await attempts.getByText("3 times").waitFor();
  await attempts.getByText("https://claude.ai/api/mcp/auth_callback").first().waitFor();
  const steps = attempts.locator("ol").first().locator("> li");
  assert.deepEqual(await steps.evaluateAll((items) => items.map((item) => item.querySelector("p")?.textContent)), [
    "Looked at this server: done",
    "Registered itself: done",
    "Opened the page that asks: done",
    "Sign-in: done",
    "Decision: done",
    "Fetched its tokens: failed",
    "First call: not reached",
  ]);
  await assertAccessible(page);
  await screenshot(page, "web", "links-attempt");
});

test("attempts that could not be read leave the links in view", async (t) => {
  const visited = await visit(t);
  visited.world.person = "ada@example.com";
  visited.world.grants = [grantOf()];
  visited.world.attempts = [attemptOf(0)];
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(visited.world, "GET /api/link-attempts", busy);
  failNext(visited.world, "GET /api/link-attempts", busy);
  await visited.page.goto(`${visited.url}/app/linked-accounts`);
  const attempts = visited.page.getByRole("region", { name: "Recent attempts to link" });
  await attempts.getByText("The database is busy.").waitFor();
  await visited.page.getByRole("article", { name: "Claude" }).waitFor();
  await attempts.getByRole("button", { name: "Try again" }).click();
  await attempts.getByText("Failed at: Fetched its tokens").waitFor();
});

test("a hostile name and reason stay words, on a phone, in the dark", async (t) => {
  const hostile = "<img src=x onerror=alert(1)>\u202e".repeat(6);
  const { page, world, url } = await linked(t, { ...phone, colorScheme: "dark" });
  world.grants = [
    grantOf({ clientName: hostile }),
    grantOf({ ...code, id: idOf(1) }),
    grantOf({ ...code, id: idOf(3) }),
  ];
  world.attempts = [
    attemptOf(0, { clientName: hostile, clientId: hostile, redirect: `https://evil.example/${"x".repeat(190)}` }),
  ];
  await page.goto(`${url}/app/linked-accounts`);
  await page.locator("summary").first().click();
  await page.getByText("Fetched its tokens").first().waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "web", "links-phone-dark");
});

test("a consent that is switched off says so in a person's words", async (t) => {
  const { page, world, url } = await visit(t);
  world.person = "ada@example.com";
  world.consents.set("h", {});
  failNext(world, "GET /api/consent", new AppError("channel_disabled", "ChatGPT: not switched on for your account."));
  await page.goto(`${url}/app/consent?request=h`);
  await page.getByRole("heading", { name: "This cannot be linked here" }).waitFor();
  await page.getByText("ChatGPT: not switched on for your account.").waitFor();
  await page.getByText("Ask whoever runs this server to switch the channel on.").waitFor();
  await page.getByText("Nothing was linked.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "consent-switched-off");
});
