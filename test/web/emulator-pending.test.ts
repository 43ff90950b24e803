import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { answerResult } from "../../src/channels/mcp/tool-result.ts";
import { type Pending, pendingAnswer } from "../../src/kernel/pending.ts";
import { approvalId, approvalOf, ask } from "./approvals-contract.ts";
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
  await page.getByText("answered, not done yet,").waitFor();
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

test("a call that goes on by itself says so", async (t) => {
  const { page, url } = await signedIn(t);
  await answerCalls(page, "Delete items is under way.", {
    kind: "job",
    id: approvalId(0),
    url: `${url}/app/jobs/${approvalId(0)}`,
    ask: "job_status",
    expiresAt: null,
  });
  await page.goto(`${url}/app/emulator?tool=delete-items&host=claude`);
  await page.getByRole("button", { name: /^Call/ }).click();
  await page.getByText("Delete items is still at work").waitFor();
  const way = page.getByRole("link", { name: "See how far it is" });
  assert.equal(await way.getAttribute("href"), `/app/jobs/${approvalId(0)}`);
});
