import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { screenshot } from "../browser.ts";
import { SENTENCE, atCard, button, followed } from "./approval-stage.ts";
import { approvalId, approvalOf } from "./approvals-contract.ts";
import { focusReaches, signedIn } from "./console-room.ts";
import { failNext } from "./world.ts";
import { inMinutes } from "./samples.ts";
import { assertAccessible, visit } from "./stage.ts";

test("a server that restarts takes no card away, and the page recovers by itself", async (t) => {
  const { page, world } = await atCard(t);
  await followed(world);
  await page.getByRole("article").evaluate((element) => element.setAttribute("data-mark", "open"));
  const away = /\/api\/(session|events)$/;
  await page.route(away, (route) => route.abort("connectionrefused"));
  let refused = 0;
  page.on("requestfailed", (request) => {
    if (request.url().endsWith("/api/session")) refused += 1;
  });
  for (const line of world.lines) line.cut();
  await until("the session to be asked for in vain", () => (refused >= 2 ? true : undefined));
  await page.getByText("Not live. It comes back by itself.").waitFor();
  const read = page.waitForResponse((response) => response.url().endsWith("/api/session") && response.ok());
  await page.unroute(away);
  await read;
  await followed(world);
  assert.equal(await page.locator("[data-mark=open]").count(), 1, "the same card stands");
  assert.equal(await page.getByRole("alert").count(), 0);
  await button(page, "Approve").click();
  await page.getByRole("region", { name: "You approved this." }).waitFor();
});

test("while everything is paused nothing is approved, and the card says what to do; rejecting still works", async (t) => {
  const { page, world } = await atCard(t);
  world.approvals.paused = true;
  await button(page, "Approve").click();
  await page.getByRole("alert").getByText("You have paused everything.").waitFor();
  await page.getByText("Resume first, then approve.").waitFor();
  assert.equal(await page.getByText("Request id").count(), 0, "a pause that holds is nothing to look into");
  assert.equal(await page.getByRole("link", { name: "Open the limits" }).getAttribute("href"), "/app/limits");
  await screenshot(page, "console", "approval-paused");
  await button(page, "Reject").click();
  await page.getByRole("region", { name: "You rejected this." }).waitFor();
});

test("while the operator has paused everything the card says so before the press and after, and leads to no limits", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = [approvalOf(0)];
  world.work.operatorPausedAt = inMinutes(-5);
  // Their own holds as well: to end that alone would not help.
  world.work.pausedAt = inMinutes(-5);
  const refused = new AppError("paused", "The operator of this server has paused this person.", {
    next: "Ask whoever runs this server.",
  });
  failNext(world, `POST /api/approvals/${approvalId(0)}/decision`, refused);
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await page.getByText("it cannot be approved until they resume it. You can reject it now.").waitFor();
  await assertAccessible(page);
  await button(page, "Approve").click();
  await page.getByRole("alert").getByText("The operator of this server has paused this person.").waitFor();
  await page.getByText("Ask whoever runs this server.").waitFor();
  assert.equal(await page.getByText("Resume first, then approve.").count(), 0);
  assert.equal(await page.getByRole("link", { name: "Open the limits" }).count(), 0);
  await button(page, "Reject").click();
  await page.getByRole("region", { name: "You rejected this." }).waitFor();
});

test("an answer that is lost is told, and the same press sends it again", async (t) => {
  const { page, world } = await atCard(t);
  failNext(world, `POST /api/approvals/${approvalId(0)}/decision`, new AppError("unavailable", "The server is busy."));
  await button(page, "Approve").click();
  await page.getByRole("alert").getByText("The server is busy.").waitFor();
  await focusReaches(page, "Approve", "the focus stays on what was pressed");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "You approved this." }).waitFor();
});

test("a link to a card leads a signed-out person through the sign-in back to it", async (t) => {
  const { page, url, world } = await visit(t);
  world.approvals.list = [approvalOf(0)];
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await page.getByLabel("Email").fill("ada@example.com");
  await button(page, "Send me a code").click();
  await page.getByLabel("Code", { exact: true }).fill("424241");
  await button(page, "Sign in").click();
  await page.getByRole("heading", { level: 1, name: SENTENCE }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/app/approvals/${approvalId(0)}`);
});

test("a session that ended meanwhile leads through the sign-in back to the card, where nothing was decided", async (t) => {
  const { page, url, world } = await atCard(t);
  failNext(
    world,
    `POST /api/approvals/${approvalId(0)}/decision`,
    new AppError("authentication_required", "You are not signed in."),
  );
  world.person = null;
  await button(page, "Approve").click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(page.url(), `${url}/app/sign-in?to=${encodeURIComponent(`/approvals/${approvalId(0)}`)}`);
  assert.equal(world.approvals.taken.length, 0);
});

test("an address of nothing says so, and who is signed in", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/approvals/${approvalId(99)}`);
  await page.getByRole("heading", { level: 1, name: "There is nothing to decide here" }).waitFor();
  await page.getByRole("main").getByText("ada@example.com").waitFor();
  await assertAccessible(page);
  await page.getByRole("main").getByRole("link", { name: "All approvals" }).click();
  await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
});

test("a card that could not be read says so, and is read again", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = [approvalOf(0)];
  const path = `GET /api/approvals/${approvalId(0)}`;
  for (let times = 0; times < 2; times += 1)
    failNext(world, path, new AppError("unavailable", "The server is starting."));
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await page.getByRole("alert").getByText("The server is starting.").waitFor();
  await button(page, "Try again").click();
  await page.getByRole("heading", { level: 1, name: SENTENCE }).waitFor();
});
