import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { answerResult } from "../../src/channels/mcp/tool-result.ts";
import { type Pending, pendingAnswer } from "../../src/kernel/pending.ts";
import { until } from "../bellhop.ts";
import { approvalId, approvalOf, ask, jobOf, work } from "./approvals-contract.ts";
import { pictureOf, signedIn } from "./console-room.ts";
import { inMinutes } from "./samples.ts";
import { assertAccessible } from "./stage.ts";

const tool = {
  name: "delete-items",
  title: "Delete items",
  inputSchema: { type: "object", properties: {} },
  annotations: { destructiveHint: true },
};

/** Stands in for the server's MCP entrance: one tool without a widget, whose calls are not done at once. */
const answerCalls = (page: Page, sentence: string, pending: Pending) =>
  page.route("**/api/emulator/*/mcp", (route) => {
    const { id, method } = Object(route.request().postDataJSON());
    const result =
      method === "tools/list" ? { tools: [tool] } : answerResult(pendingAnswer(sentence, pending), pending.id);
    return route.fulfill({ json: { jsonrpc: "2.0", id, result } });
  });

test("a call that waits for the person says so, and leads to its card; it is not called done", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = [approvalOf(0, { sentence: "Delete two items." })];
  await answerCalls(page, "Delete two items.", {
    kind: "approval",
    id: approvalId(0),
    url: `${url}/app/approvals/${approvalId(0)}`,
    ask: "approval_status",
    expiresAt: inMinutes(13),
  });
  await page.goto(`${url}/app/emulator?tool=delete-items&host=chatgpt`);
  await page.getByRole("button", { name: /^Call/ }).click();
  await page.getByText("Delete items waits for your approval").waitFor();
  await page.getByText("answered before it was done,").waitFor();
  assert.equal(await page.getByText(/^done in/).count(), 0);
  await assertAccessible(page);
  await pictureOf(page, "emulator-pending");
  const [decided] = world.approvals.list;
  ask(world, { ...decided, sentence: "Delete two items.", status: "approved", run: "queued" });
  await page.getByText("Delete items: approved, about to start").waitFor();
  ask(world, { ...decided, status: "approved", run: "completed" });
  await page.getByText("Approved and done", { exact: true }).waitFor();
  assert.equal(await page.getByText("Nothing was done yet").count(), 0);
  ask(world, { ...decided, status: "pending" });
  await page.getByRole("link", { name: "Look and decide" }).click();
  await page.getByRole("heading", { level: 1, name: "Delete two items." }).waitFor();
});

/** A call that became a job, as the host shows it. */
async function atWork(t: TestContext) {
  const visited = await signedIn(t);
  const { page, url, world } = visited;
  work(world, jobOf(0, { status: "running" }));
  await answerCalls(page, "Delete items is under way.", {
    kind: "job",
    id: approvalId(0),
    url: `${url}/app/jobs/${approvalId(0)}`,
    ask: "job_status",
    expiresAt: null,
  });
  await page.goto(`${url}/app/emulator?tool=delete-items&host=claude`);
  const read = page.waitForResponse(`**/api/tools/jobs/${approvalId(0)}`);
  await page.getByRole("button", { name: /^Call/ }).click();
  await page.getByText("Delete items is still at work").waitFor();
  await (await read).finished();
  await until("the window to follow", () => (world.lines.size === 1 ? true : undefined));
  return visited;
}

test("a call that goes on by itself says so", async (t) => {
  const { page } = await atWork(t);
  const way = page.getByRole("link", { name: "See how far it is" });
  assert.equal(await way.getAttribute("href"), `/app/jobs/${approvalId(0)}`);
});

const ends = {
  completed: { more: {}, said: "Delete items: done", sign: "Done" },
  failed: {
    more: { error: { code: "unavailable", message: "The shop is closed.", next: "Try again." } },
    said: "Delete items: failed",
    sign: "Failed",
  },
  cancelled: { more: {}, said: "Delete items: cancelled", sign: "Cancelled" },
} as const;

for (const [status, { more, said, sign }] of Object.entries(ends))
  test(`a call that went on by itself says how it ended, as soon as it has (${status})`, async (t) => {
    const { page, world } = await atWork(t);
    work(world, jobOf(0, { status, completedAt: inMinutes(0), ...more }));
    await page.getByText(said, { exact: true }).waitFor();
    await page.getByText(sign, { exact: true }).waitFor();
    assert.equal(await page.getByText("still at work").count(), 0);
    assert.equal(await page.getByText("It goes on by itself").count(), 0);
    await assertAccessible(page);
    await pictureOf(page, `emulator-job-${status}`);
    const way = page.getByRole("link", { name: "See what came of it" });
    assert.equal(await way.getAttribute("href"), `/app/jobs/${approvalId(0)}`);
  });

test("where a newer window has the line to the server, asking tells how it ended", async (t) => {
  const { page, world } = await atWork(t);
  for (const line of world.lines) line.take();
  await page.getByText("newer windows").waitFor();
  world.approvals.jobs.set(approvalId(0), jobOf(0, { status: "completed", completedAt: inMinutes(0) }));
  await page.getByText("Delete items: done", { exact: true }).waitFor();
});
