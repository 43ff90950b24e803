import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { pictureOf, signedIn } from "./console-room.ts";
import { happen } from "./contract.ts";
import { type World, failNext } from "./world.ts";
import { intentOf, receiptOf } from "./samples.ts";
import { assertAccessible } from "./stage.ts";

const LIVE = "01939f00-0000-7000-9000-00000000";

/** A call that has only just ended. */
const news = (number: number, more: Record<string, unknown> = {}): Record<string, unknown> =>
  receiptOf(0, { id: `${LIVE}${1000 + number}`, tool: `tool-${number}`, startedAt: new Date().toISOString(), ...more });

const followed = (world: World, windows: number) =>
  until(`${windows} windows to follow`, () => (world.lines.size === windows ? true : undefined));

/** Lets the page believe that it is covered, or in view again. */
const cover = (page: Page, state: "hidden" | "visible") =>
  page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);

test("what an assistant does appears in every window at once, without reading the list again", async (t) => {
  const { page, url, world } = await signedIn(t);
  const second = await page.context().newPage();
  await page.goto(`${url}/app`);
  await second.goto(`${url}/app/receipts`);
  await page.getByRole("button", { name: "You: Revoke a link" }).waitFor();
  await second.locator("tbody tr").nth(24).waitFor();
  await followed(world, 2);
  const asked: string[] = [];
  second.on("request", (request) => asked.push(new URL(request.url()).pathname));
  happen(world, news(1));
  await page.getByRole("button", { name: "Claude: tool-1" }).waitFor();
  await second.getByRole("button", { name: "tool-1" }).waitFor();
  assert.equal(
    await second.locator("tbody tr").nth(0).getByRole("button").innerText(),
    "tool-1",
    "the newest is first",
  );
  happen(world, news(1));
  happen(world, news(2, { outcome: "open" }));
  await second.getByRole("button", { name: "tool-2" }).waitFor();
  assert.equal(await second.getByRole("button", { name: "tool-1" }).count(), 1, "what comes twice is shown once");
  happen(world, news(2, { outcome: "ok" }));
  await second.locator("tbody tr").nth(0).getByText("Done").waitFor();
  assert.equal(await second.getByRole("button", { name: "tool-2" }).count(), 1);
  assert.ok(!asked.includes("/receipts"), asked.join(" "));
  await assertAccessible(second);
  await pictureOf(second, "live-second-window");
});

test("a reader keeps the place: rows come above what is read, and the focus stays", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  const row = page.locator("tbody tr").nth(20);
  await row.waitFor();
  await followed(world, 1);
  await row.evaluate((element) => element.setAttribute("data-mark", "read"));
  await row.getByRole("button").focus();
  await row.scrollIntoViewIfNeeded();
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight / 2));
  const marked = page.locator("[data-mark=read]");
  const before = await marked.boundingBox();
  happen(world, news(1));
  happen(world, news(2));
  await page.getByRole("button", { name: "tool-2" }).waitFor();
  const after = await marked.boundingBox();
  assert.ok(Math.abs((after?.y ?? 0) - (before?.y ?? 1000)) < 2, `${before?.y} became ${after?.y}`);
  assert.ok(await marked.getByRole("button").evaluate((button) => button === document.activeElement));
});

test("a filtered list takes in only what belongs to it; an open drawer stays open", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts?outcome=refused`);
  await page.getByRole("button", { name: "List items" }).click();
  await page.getByRole("dialog", { name: "List items" }).waitFor();
  await followed(world, 1);
  happen(world, news(1));
  happen(world, news(2, { outcome: "refused" }));
  await page.getByRole("button", { name: "tool-2", includeHidden: true }).waitFor({ state: "attached" });
  assert.equal(await page.getByText("tool-1").count(), 0);
  assert.ok(await page.getByRole("dialog", { name: "List items" }).isVisible());
});

test("a change by an assistant shows in the intents, and in who was used last", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/intents`);
  await page.getByRole("article").first().waitFor();
  await followed(world, 1);
  world.intents = [intentOf(99, { payload: "I look for a luthier." }), ...world.intents];
  happen(world, news(1));
  await page.getByRole("article", { name: "I look for a luthier." }).waitFor();
});

test("after a break the browser comes back by itself and misses nothing", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  await followed(world, 1);
  happen(world, news(1));
  await page.getByRole("button", { name: "tool-1" }).waitFor();
  for (const line of world.lines) line.cut();
  happen(world, news(2));
  await followed(world, 1);
  assert.deepEqual(
    [...world.lines].map(({ after }) => after),
    [`${LIVE}1001`],
    "it names the last receipt that it has",
  );
  await page.getByRole("button", { name: "tool-2" }).waitFor();
  assert.equal(await page.getByText("Not live").count(), 0, "a short break is not worth a word");
});

test("a page that nobody sees holds no connection, and is up to date when it is seen again", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app`);
  await page.getByRole("button", { name: "You: Revoke a link" }).waitFor();
  await followed(world, 1);
  await cover(page, "hidden");
  await followed(world, 0);
  happen(world, news(1));
  await cover(page, "visible");
  await page.getByRole("button", { name: "Claude: tool-1" }).waitFor();
  await followed(world, 1);
});

test("only a connection that stays lost is mentioned, and it is taken up again", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.clock.install();
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  await followed(world, 1);
  failNext(world, "GET /api/events", new AppError("unavailable", "The server is starting."));
  const refused = page.waitForResponse(
    (response) => response.url().endsWith("/api/events") && response.status() === 503,
  );
  for (const line of world.lines) line.cut();
  await refused;
  await page.clock.runFor(3000);
  assert.equal(await page.getByText("Not live").count(), 0);
  await page.clock.runFor(2000);
  await page.getByText("Not live. It comes back by itself.").waitFor();
  await assertAccessible(page);
  await pictureOf(page, "live-lost");
  happen(world, news(1));
  await page.clock.runFor(10_000);
  await page.getByRole("button", { name: "tool-1" }).waitFor();
  await page.getByText("Not live").waitFor({ state: "detached" });
});

test("a window whose place newer ones took says so, keeps quiet, and follows again when it is turned to", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  await followed(world, 1);
  let opened = 0;
  page.on("request", (request) => (opened += request.url().endsWith("/api/events") ? 1 : 0));
  for (const line of world.lines) line.take();
  await page.getByText("Not live: your newer windows are.").waitFor();
  await assertAccessible(page);
  await pictureOf(page, "live-elsewhere");
  await page.clock.install();
  await page.clock.runFor(60_000);
  assert.equal(opened, 0, "it leaves the place to them");
  happen(world, news(1));
  await page.getByRole("button", { name: "Follow here" }).press("Enter");
  await page.getByText("Not live").waitFor({ state: "detached" });
  await followed(world, 1);
  await page.getByRole("button", { name: "tool-1" }).waitFor();
  for (const line of world.lines) line.take();
  await page.getByText("Not live: your newer windows are.").waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await followed(world, 1);
  await page.getByText("Not live").waitFor({ state: "detached" });
});

test("a session that ended elsewhere ends here, too", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await followed(world, 1);
  world.person = null;
  for (const line of world.lines) line.cut();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("when another window signs in somebody else, nothing of the first person stays", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  await followed(world, 1);
  happen(world, news(1));
  await page.getByRole("button", { name: "tool-1" }).waitFor();
  world.person = "grace@example.com";
  world.receipts = [receiptOf(0, { tool: "hers", id: `${LIVE}2000` })];
  for (const line of world.lines) line.cut();
  await page.getByRole("banner").getByText("grace@example.com").waitFor();
  await page.getByRole("button", { name: "hers" }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
});

test("a receipt in view is the newest that is known of it", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.getByRole("button", { name: "swap_execute" }).click();
  const drawer = page.getByRole("dialog", { name: "swap_execute" });
  await drawer.getByText("Under way").waitFor();
  await followed(world, 1);
  const open = world.receipts.find(({ tool }) => tool === "swap_execute") ?? {};
  happen(world, { ...open, outcome: "failed", code: "timeout" });
  await drawer.getByText("Failed").waitFor();
});

test("an event that is none is passed over", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr").nth(24).waitFor();
  await followed(world, 1);
  for (const line of world.lines) line.send("event: receipt\ndata: {nonsense\n\nevent: receipt\ndata: {}\n\n");
  happen(world, news(1));
  await page.getByRole("button", { name: "tool-1" }).waitFor();
  const tools = await page.locator("tbody tr").getByRole("button").allInnerTexts();
  assert.deepEqual(tools.slice(0, 3), ["tool-1", "Extract intents", "List items"], "nothing else came in");
});
