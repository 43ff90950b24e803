import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { approvalId, approvalOf, ask } from "./approvals-contract.ts";
import { focusReaches, focused, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { type World, failNext } from "./world.ts";
import { inMinutes } from "./samples.ts";
import { type Visit, assertAccessible, assertFits, phone } from "./stage.ts";

const two = [
  approvalOf(0),
  approvalOf(1, { sentence: "Send 12.50 EUR to the landlord", clientName: "ChatGPT", channel: "chatgpt" }),
];

async function asked(t: TestContext, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await signedIn(t, options);
  visited.world.approvals.list = [...two];
  return visited;
}

const bell = (page: Page, name: string | RegExp) =>
  page.getByRole("banner").getByRole("button", { name, exact: typeof name === "string" });

const followed = (world: World) => until("a window to follow", () => (world.lines.size > 0 ? true : undefined));

test("every page says how much waits, in the bell and in the name of its tab", async (t) => {
  const { page, url } = await asked(t);
  for (const path of ["", "/approvals", "/receipts", "/intents", "/settings", `/approvals/${approvalId(0)}`]) {
    await page.goto(`${url}/app${path}`);
    await bell(page, "2 approvals wait for you").waitFor();
    await page.waitForFunction(() => document.title.startsWith("(2) "));
  }
});

test("where nothing waits it says so, and the tab has its plain name", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await bell(page, "Nothing waits for you").click();
  const panel = page.getByRole("dialog", { name: "Nothing waits for you" });
  await panel.getByText("What an assistant may only do after you say yes").waitFor();
  assert.equal(await page.title(), "Receipts · Bellhop");
  await assertAccessible(page);
  await pictureOf(page, "bell-empty");
});

const looks = {
  light: {},
  dark: { colorScheme: "dark" },
  phone,
  "phone-dark": { ...phone, colorScheme: "dark" },
} as const;

for (const [look, options] of Object.entries(looks))
  test(`the panel shows in short what waits, and leads to each and to all (${look})`, async (t) => {
    const { page, url } = await asked(t, options);
    await page.goto(`${url}/app/receipts`);
    await bell(page, "2 approvals wait for you").click();
    const panel = page.getByRole("dialog", { name: "2 approvals wait for you" });
    await panel.getByText("Swap 1 SOL for at least 148.20 USDC").waitFor();
    await panel.getByText("Send 12.50 EUR to the landlord").waitFor();
    await panel
      .getByText(/^1[23]:\d\d left$/)
      .first()
      .waitFor();
    assert.equal(await bell(page, "2 approvals wait for you").getAttribute("aria-expanded"), "true");
    await assertFits(page);
    await assertAccessible(page);
    await pictureOf(page, `bell-${look}`);
    await panel.getByRole("link", { name: "Send 12.50 EUR to the landlord" }).click();
    await page.getByRole("heading", { level: 1, name: "Send 12.50 EUR to the landlord" }).waitFor();
    await panel.waitFor({ state: "hidden" });
    await bell(page, "2 approvals wait for you").click();
    await panel.getByRole("link", { name: "All approvals" }).click();
    await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
    await panel.waitFor({ state: "hidden" });
  });

test("by keyboard alone: into the panel, through it, out of it, and to a card", async (t) => {
  const { page, url } = await asked(t);
  await page.goto(`${url}/app/receipts`);
  await bell(page, "2 approvals wait for you").waitFor();
  await tabTo(page, "2 approvals wait for you");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("link", { name: "All approvals" }).waitFor();
  const passed: string[] = [];
  for (let at = 0; at < 5; at += 1) {
    await page.keyboard.press("Tab");
    passed.push(await focused(page));
  }
  assert.deepEqual(passed, [
    "Close",
    "Swap 1 SOL for at least 148.20 USDC",
    "Send 12.50 EUR to the landlord",
    "All approvals",
    "Home",
  ]);
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("Shift+Tab");
  await focusReaches(page, "2 approvals wait for you");
  const opened = page.getByRole("dialog").getByRole("link", { name: "All approvals" });
  await page.keyboard.press("Enter");
  await opened.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await focusReaches(page, "2 approvals wait for you", "Escape gives the focus back");
  await page.keyboard.press("Enter");
  await opened.waitFor();
  await tabTo(page, "Swap 1 SOL for at least 148.20 USDC");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Swap 1 SOL" }).waitFor();
  await focusReaches(page, "Swap 1 SOL for at least 148.20 USDC", "the heading of the card has the focus");
});

test("what is new is counted at once and said politely; what waited before is no news", async (t) => {
  const { page, url, world } = await asked(t);
  await page.goto(`${url}/app/receipts`);
  await bell(page, "2 approvals wait for you").waitFor();
  await followed(world);
  const news = page.getByRole("banner").getByRole("status");
  assert.deepEqual((await news.allInnerTexts()).join("").trim(), "");
  ask(world, approvalOf(7, { sentence: "Delete the list of guests", askedAt: inMinutes(0) }));
  await bell(page, "3 approvals wait for you").waitFor();
  await news.getByText("New approval from Claude: Delete the list of guests").waitFor();
  await page.waitForFunction(() => document.title.startsWith("(3) "));
});

test("a decision in another window, and on another device, is counted out", async (t) => {
  const { page, url, world } = await asked(t);
  const second = await page.context().newPage();
  await page.goto(`${url}/app/receipts`);
  await second.goto(`${url}/app/approvals/${approvalId(0)}`);
  await bell(page, "2 approvals wait for you").waitFor();
  await until("both windows to follow", () => (world.lines.size === 2 ? true : undefined));
  await second.getByRole("button", { name: "Reject" }).click();
  await bell(page, "1 approval waits for you").waitFor();
  await bell(second, "1 approval waits for you").waitFor();
  ask(world, { ...approvalOf(1), status: "approved", run: "queued", decidedAt: inMinutes(0) });
  await bell(page, "Nothing waits for you").waitFor();
  await page.waitForFunction(() => document.title === "Receipts · Bellhop");
});

test("after a dropped stream the count is right again, with or without a replay", async (t) => {
  const { page, url, world } = await asked(t);
  await page.goto(`${url}/app/receipts`);
  await bell(page, "2 approvals wait for you").waitFor();
  await followed(world);
  // Nothing was heard yet, so nothing can be replayed: the page reads anew.
  world.approvals.list = [approvalOf(8), ...world.approvals.list];
  for (const line of world.lines) line.cut();
  await bell(page, "3 approvals wait for you").waitFor();
  await followed(world);
  ask(world, approvalOf(9));
  await bell(page, "4 approvals wait for you").waitFor();
  for (const line of world.lines) line.cut();
  ask(world, { ...approvalOf(9), status: "rejected" });
  ask(world, { ...approvalOf(8), status: "expired" });
  await bell(page, "2 approvals wait for you").waitFor();
});

test("one whose time runs out is counted out by itself, though nothing is heard of it", async (t) => {
  const { page, url, world } = await asked(t);
  await page.clock.install();
  world.approvals.list = [approvalOf(0, { expiresAt: inMinutes(1) }), approvalOf(1)];
  await page.goto(`${url}/app/receipts`);
  await bell(page, "2 approvals wait for you").waitFor();
  world.approvals.list = [approvalOf(0, { status: "expired" }), approvalOf(1)];
  await page.clock.runFor(62_000);
  await bell(page, "1 approval waits for you").waitFor();
});

test("many are counted whole, shown in part, and the others are a click away", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = Array.from({ length: 120 }, (_, index) => approvalOf(index));
  await page.goto(`${url}/app/receipts`);
  await bell(page, "120 approvals wait for you").click();
  const panel = page.getByRole("dialog");
  await panel.getByRole("listitem").nth(4).waitFor();
  assert.equal(await panel.getByRole("listitem").count(), 5);
  await pictureOf(page, "bell-many");
  await panel.getByRole("link", { name: "See 115 more" }).click();
  await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
});

test("what could not be read is said in the panel, and mends itself", async (t) => {
  const { page, url, world } = await asked(t);
  const broken = new AppError("unavailable", "The server is starting.");
  // A read that stumbles is tried once more before anyone is told.
  for (let times = 0; times < 2; times += 1) failNext(world, "GET /api/approvals", broken);
  await page.goto(`${url}/app/receipts`);
  await bell(page, "Approvals").waitFor();
  await bell(page, "Approvals").click();
  await page.getByRole("dialog").getByText("The server is starting.").waitFor();
  await pictureOf(page, "bell-trouble");
  await bell(page, "2 approvals wait for you").waitFor();
});

test("Home begins with what waits", async (t) => {
  const { page, url, world } = await asked(t);
  await page.goto(`${url}/app`);
  const first = page.getByRole("main").getByRole("region", { name: "2 approvals wait for you" });
  await first.getByRole("link", { name: "Swap 1 SOL for at least 148.20 USDC" }).waitFor();
  const [above, below] = [await first.boundingBox(), await page.getByRole("heading", { level: 1 }).boundingBox()];
  assert.ok((above?.y ?? 999) < (below?.y ?? 0));
  await assertAccessible(page);
  await followed(world);
  ask(world, { ...approvalOf(0), status: "rejected" });
  ask(world, { ...approvalOf(1), status: "rejected" });
  await page.getByRole("main").getByText("wait for you").waitFor({ state: "detached" });
});

test("who signs out takes the count along", async (t) => {
  const { page, url } = await asked(t);
  await page.goto(`${url}/app/receipts`);
  await bell(page, "2 approvals wait for you").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.waitForFunction(() => document.title === "Sign in · Bellhop");
});
