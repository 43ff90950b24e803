import assert from "node:assert/strict";
import { test } from "node:test";
import type { Approval } from "../approvals/contract.ts";
import { mergeApproval, mergeWaiting } from "./merge-approval.ts";

const approvalOf = (id: string, status: Approval["status"] = "pending"): Approval => ({
  id,
  tool: "swap",
  title: "Swap",
  effect: "money",
  sentence: "Swap 1 SOL for at least 148.20 USDC.",
  bounds: [],
  clientName: "Claude",
  channel: "claude",
  askedAt: "2026-11-21T10:00:00.000Z",
  expiresAt: "2026-11-21T10:15:00.000Z",
  status,
  decidedAt: null,
  strength: "usual",
  digest: "d",
  run: null,
  error: null,
});

const waiting = { approvals: [approvalOf("b"), approvalOf("a")], waiting: 5, next: "a" };

test("a new one comes on top and is counted, once", () => {
  const once = mergeWaiting(waiting, approvalOf("c"));
  const twice = mergeWaiting(once, approvalOf("c"));
  for (const page of [once, twice]) {
    assert.deepEqual(
      page.approvals.map(({ id }) => id),
      ["c", "b", "a"],
    );
    assert.equal(page.waiting, 6);
  }
});

test("one that was decided waits no more, and is counted out once", () => {
  const decided = mergeWaiting(mergeWaiting(waiting, approvalOf("b", "approved")), approvalOf("b", "approved"));
  assert.deepEqual(
    decided.approvals.map(({ id }) => id),
    ["a"],
  );
  assert.equal(decided.waiting, 4);
});

test("of one beyond the page that was read, nothing is guessed", () => {
  assert.equal(mergeWaiting(waiting, approvalOf("z", "rejected")), waiting);
});

test("among all, one is replaced where it stands, and a new one that waits comes on top", () => {
  const read = {
    pages: [waiting, { approvals: [approvalOf("0", "expired")], waiting: 5, next: null }],
    pageParams: [null, "a"],
  };
  const states = (approval: Approval): string[] =>
    mergeApproval(read, approval).pages.flatMap((page) => page.approvals.map(({ id, status }) => `${id} ${status}`));
  assert.deepEqual(states(approvalOf("a", "rejected")), ["b pending", "a rejected", "0 expired"]);
  assert.deepEqual(states(approvalOf("c")), ["c pending", "b pending", "a pending", "0 expired"]);
  assert.deepEqual(states(approvalOf("y", "rejected")), ["b pending", "a pending", "0 expired"]);
});
