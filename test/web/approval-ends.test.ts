import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot } from "../browser.ts";
import { atCard, button, followed } from "./approval-stage.ts";
import { approvalId, approvalOf } from "./approvals-contract.ts";
import { signedIn } from "./console-room.ts";
import { inMinutes } from "./samples.ts";
import { assertAccessible } from "./stage.ts";

test("decided in another window: said so, and what was pressed here changed nothing", async (t) => {
  const { page, world } = await atCard(t);
  await followed(world);
  // The news is late: the press comes first.
  world.approvals.list = [approvalOf(0, { status: "rejected", decidedAt: inMinutes(0) })];
  await button(page, "Approve").click();
  const note = page.getByRole("region", { name: "You rejected this." });
  await note.getByText("It was decided in another window before. What you pressed here changed nothing.").waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("You rejected this"));
  await screenshot(page, "console", "approval-too-late");
});

test("a card that is decided in another window while it is looked at follows at once", async (t) => {
  const { page, url, world } = await atCard(t);
  const second = await page.context().newPage();
  await second.goto(`${url}/app/approvals/${approvalId(0)}`);
  await button(second, "Approve").waitFor();
  await followed(world, 2);
  await button(second, "Approve").click();
  await page
    .getByRole("region", { name: "You approved this." })
    .getByText("It was decided in another window.")
    .waitFor();
  assert.equal(await button(page, "Approve").count(), 0);
});

const ends = {
  expired: [approvalOf(0, { status: "expired" }), "Its time is over.", "If you still want it, ask Claude again."],
  rejected: [
    approvalOf(0, { status: "rejected", decidedAt: inMinutes(-1) }),
    "You rejected this.",
    "Nothing was done.",
  ],
  void: [
    approvalOf(0, {
      status: "void",
      error: { code: "approval_void", message: "Your limits have changed since it was asked.", next: "Call again." },
    }),
    "This can no longer be decided.",
    "Your limits have changed since it was asked.",
  ],
  failed: [
    approvalOf(0, {
      status: "approved",
      run: "failed",
      error: { code: "timeout", message: "The exchange did not answer in time.", next: "Call again." },
    }),
    "You approved this, but it did not work.",
    "The exchange did not answer in time.",
  ],
  cancelled: [
    approvalOf(0, { status: "approved", run: "cancelled" }),
    "You approved this, and then it was cancelled.",
    "ask Claude again",
  ],
  unknown: [
    approvalOf(0, { status: "approved", run: "unknown" }),
    "Nobody can tell whether this happened.",
    "before you ask for it again",
  ],
} as const;

for (const [end, [approval, heading, words]] of Object.entries(ends))
  test(`an approval that is ${end} is said in words, with the next step, and offers no answer`, async (t) => {
    const { page } = await atCard(t, approval);
    await page.getByRole("region", { name: heading }).getByText(words).waitFor();
    assert.equal(await button(page, "Approve").count(), 0);
    assert.equal(await page.getByText("another window").count(), 0);
    await assertAccessible(page);
    await screenshot(page, "console", `approval-${end}`);
  });

test("its time runs out while it is looked at", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.clock.install();
  world.approvals.list = [approvalOf(0, { expiresAt: inMinutes(1) })];
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await button(page, "Approve").waitFor();
  world.approvals.list = [approvalOf(0, { status: "expired", expiresAt: inMinutes(0) })];
  await page.clock.runFor(62_000);
  await page.getByRole("region", { name: "Its time is over." }).waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Its time is over"));
});

test("a press that comes too late is told so", async (t) => {
  const { page, world } = await atCard(t);
  world.approvals.list = [approvalOf(0, { status: "expired" })];
  await button(page, "Approve").click();
  await page.getByRole("region", { name: "Its time is over." }).waitFor();
});
