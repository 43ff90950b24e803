import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { screenshot } from "../browser.ts";
import { approvalId, approvalOf, ask } from "./approvals-contract.ts";
import { signedIn } from "./console-room.ts";
import { type World, failNext } from "./world.ts";
import { inMinutes, receiptOf } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

const looks = {
  light: {},
  dark: { colorScheme: "dark" },
  phone,
  "phone-dark": { ...phone, colorScheme: "dark" },
} as const;

const SENTENCE = "Swap 1 SOL for at least 148.20 USDC";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const followed = (world: World) => until("a window to follow", () => (world.lines.size > 0 ? true : undefined));

const all = [
  approvalOf(0),
  approvalOf(1, { sentence: "Send 12.50 EUR to the landlord", clientName: "ChatGPT", channel: "chatgpt" }),
  approvalOf(2, { status: "approved", run: "completed", decidedAt: inMinutes(-12) }),
  approvalOf(3, { status: "approved", run: "unknown", decidedAt: inMinutes(-40) }),
  approvalOf(4, { status: "approved", run: "failed", decidedAt: inMinutes(-60) }),
  approvalOf(5, { status: "rejected", decidedAt: inMinutes(-90), sentence: "Delete the list of guests" }),
  approvalOf(6, { status: "expired", expiresAt: inMinutes(-100) }),
  approvalOf(7, { status: "void", expiresAt: inMinutes(-200) }),
];

for (const [look, options] of Object.entries(looks))
  test(`the list has what waits first, then what was decided and what came of it (${look})`, async (t) => {
    const { page, url, world } = await signedIn(t, options);
    world.approvals.list = all;
    await page.goto(`${url}/app/approvals`);
    const waiting = page.getByRole("main").getByRole("region", { name: "Waiting for you" });
    const decided = page.getByRole("main").getByRole("region", { name: "Decided" });
    await waiting.getByRole("listitem").nth(1).waitFor();
    assert.equal(await waiting.getByRole("listitem").count(), 2);
    assert.equal(await decided.getByRole("listitem").count(), 6);
    for (const words of [
      "Approved and done",
      "Approved, outcome unknown",
      "Approved, but it failed",
      "Rejected",
      "Not decided in time",
      "No longer valid",
    ])
      await decided.getByText(words).waitFor();
    await assertFits(page);
    await assertAccessible(page);
    await screenshot(page, "console", `approvals-${look}`);
  });

test("from the list to a receipt, and to the card of what was decided", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = all;
  world.receipts = [receiptOf(0, { id: approvalId(2), title: "Swap tokens", effect: "money" }), ...world.receipts];
  await page.goto(`${url}/app/approvals`);
  const decided = page.getByRole("main").getByRole("region", { name: "Decided" });
  await decided.getByRole("button", { name: "Receipt" }).first().click();
  await page.getByRole("dialog", { name: "Swap tokens" }).getByText("Moved money").waitFor();
  await page.keyboard.press("Escape");
  await decided.getByRole("button", { name: "Receipt" }).nth(1).click();
  await page.getByText("Its receipt is not there yet.").waitFor();
  await decided.getByRole("link", { name: "Delete the list of guests" }).click();
  await page.getByRole("region", { name: "You rejected this." }).waitFor();
});

test("the list is read page by page, and follows what happens", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = [
    approvalOf(0),
    ...Array.from({ length: 40 }, (_, index) =>
      approvalOf(index + 1, { status: "rejected", decidedAt: inMinutes(-index) }),
    ),
  ];
  await page.goto(`${url}/app/approvals`);
  const decided = page.getByRole("main").getByRole("region", { name: "Decided" }).getByRole("listitem");
  await decided.nth(23).waitFor();
  assert.equal(await decided.count(), 24);
  await button(page, "Show older").click();
  await decided.nth(39).waitFor();
  await page.getByText("These are all.").waitFor();
  await followed(world);
  ask(world, approvalOf(90, { sentence: "Book the table", askedAt: inMinutes(0) }));
  await page.getByRole("main").getByRole("link", { name: "Book the table" }).waitFor();
  ask(world, { ...approvalOf(90, { sentence: "Book the table" }), status: "expired" });
  await page.getByRole("main").getByText("Not decided in time").waitFor();
});

test("an empty list says what will be there, and what to do first", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/approvals`);
  await page.getByRole("region", { name: "Nothing was asked yet" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "approvals-empty");
  await followed(world);
  ask(world, approvalOf(0));
  await page.getByRole("main").getByRole("link", { name: SENTENCE }).waitFor();
});

test("a list that could not be read says so, and is read again; while it is on its way its shape is there", async (t) => {
  const { page, url, world } = await signedIn(t);
  const gate = Promise.withResolvers<undefined>();
  world.gate = gate.promise.then(() => undefined);
  await page.goto(`${url}/app/approvals`);
  await page.getByText("Loading").first().waitFor({ state: "attached" });
  for (let times = 0; times < 4; times += 1)
    failNext(world, "GET /api/approvals", new AppError("unavailable", "The server is starting."));
  gate.resolve(undefined);
  await page.getByRole("main").getByRole("alert").getByText("The server is starting.").waitFor();
  await screenshot(page, "console", "approvals-trouble");
  await page.getByRole("main").getByRole("button", { name: "Try again" }).click();
  await page.getByRole("region", { name: "Nothing was asked yet" }).waitFor();
});

test("a pause is said on the card before the press", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = [approvalOf(0)];
  world.work.pausedAt = inMinutes(-5);
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await page.getByText("You have paused everything, so it cannot be approved yet.").waitFor();
  assert.equal(await page.getByRole("link", { name: "resume first" }).getAttribute("href"), "/app/limits");
  await assertAccessible(page);
});
