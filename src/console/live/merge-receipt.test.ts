import assert from "node:assert/strict";
import { test } from "node:test";
import type { Receipt } from "../contract.ts";
import type { ReceiptFilter } from "../receipt-filter.ts";
import { type ReadReceipts, mergeReceipt } from "./merge-receipt.ts";

/** A receipt that began at a second of some minute. */
const receiptAt = (second: number, more: Partial<Receipt> = {}): Receipt => ({
  id: `r${second}`,
  tool: "echo",
  title: "Echo",
  clientName: "Claude",
  channel: "claude",
  effect: "read",
  outcome: "ok",
  code: null,
  argsDigest: "",
  startedAt: `2026-11-21T10:00:${String(second).padStart(2, "0")}.000Z`,
  latencyMs: 1,
  requestId: `request-${second}`,
  ...more,
});

const read = (next: string | null = "cursor"): ReadReceipts => ({
  pages: [
    { receipts: [receiptAt(40), receiptAt(30)], next: "r30" },
    { receipts: [receiptAt(20), receiptAt(10)], next },
  ],
  pageParams: [null, "r30"],
});

const idsAfter = (receipt: Receipt, filter: ReceiptFilter = {}, before = read()): string[][] =>
  mergeReceipt(before, receipt, filter).pages.map(({ receipts }) => receipts.map(({ id }) => id));

test("a new receipt comes on top", () => {
  assert.deepEqual(idsAfter(receiptAt(50)), [
    ["r50", "r40", "r30"],
    ["r20", "r10"],
  ]);
});

test("a call that began before another and ended after it stands in its own place", () => {
  assert.deepEqual(idsAfter(receiptAt(25))[1], ["r25", "r20", "r10"]);
});

test("a receipt that came before is replaced, not repeated", () => {
  const again = mergeReceipt(read(), receiptAt(20, { outcome: "failed" }), {});
  assert.deepEqual(again.pages[1]?.receipts[0]?.outcome, "failed");
  assert.equal(again.pages[1]?.receipts.length, 2);
});

test("one that is older than all that was read waits for its page, unless that was the last", () => {
  assert.deepEqual(idsAfter(receiptAt(5))[1], ["r20", "r10"]);
  assert.deepEqual(idsAfter(receiptAt(5), {}, read(null))[1], ["r20", "r10", "r5"]);
});

test("only what the filter lets through is shown, in the words of the server's own rule", () => {
  const refused = receiptAt(50, { outcome: "refused", code: "insufficient_scope", tool: "get-items" });
  const isShown = (filter: ReceiptFilter): boolean => idsAfter(refused, filter).flat().includes("r50");
  for (const filter of [
    { q: "SCOPE" },
    { q: " claude " },
    { q: "request-5" },
    { tool: "get-items" },
    { outcome: "refused" },
    { channel: "claude", q: "items" },
  ] as const)
    assert.equal(isShown(filter), true, JSON.stringify(filter));
  for (const filter of [{ q: "swap" }, { tool: "get" }, { outcome: "ok" }, { channel: "mcp" }] as const)
    assert.equal(isShown(filter), false, JSON.stringify(filter));
});

test("a call under way that ended otherwise leaves the list of those under way", () => {
  const open: ReadReceipts = {
    pages: [{ receipts: [receiptAt(40, { outcome: "open" })], next: null }],
    pageParams: [null],
  };
  assert.deepEqual(idsAfter(receiptAt(40), { outcome: "open" }, open), [[]]);
});
