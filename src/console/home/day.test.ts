import assert from "node:assert/strict";
import { test } from "node:test";
import type { Receipt } from "../contract.ts";
import { dayWords, daysOf } from "./day.ts";

const now = new Date(2026, 10, 21, 0, 5);

const receiptAt = (id: string, date: Date): Receipt => ({
  id,
  tool: "echo",
  title: "Echo",
  clientName: "Claude",
  channel: "claude",
  effect: "read",
  outcome: "ok",
  code: null,
  argsDigest: "",
  startedAt: date.toISOString(),
  latencyMs: 1,
  requestId: "",
});

test("a day is named as a person would, by the calendar and not by hours passed", () => {
  assert.equal(dayWords(new Date(2026, 10, 21, 0, 1), now, "en-GB"), "Today");
  assert.equal(dayWords(new Date(2026, 10, 20, 23, 59), now, "en-GB"), "Yesterday");
  // Whether a comma follows the weekday is the language data's to say, and changes with it.
  assert.match(dayWords(new Date(2026, 10, 19, 12), now, "en-GB"), /^Thursday,? 19 November$/);
  assert.match(dayWords(new Date(2025, 10, 19, 12), now, "en-GB"), /^Wednesday,? 19 November 2025$/);
});

test("a clock that runs ahead of this one is still today", () => {
  assert.equal(dayWords(new Date(2026, 10, 22, 1), now, "en-GB"), "Today");
});

test("receipts are put under their days, and stay in order", () => {
  const receipts = [
    receiptAt("c", new Date(2026, 10, 21, 0, 4)),
    receiptAt("b", new Date(2026, 10, 20, 23)),
    receiptAt("a", new Date(2026, 10, 20, 1)),
  ];
  assert.deepEqual(
    daysOf(receipts, now, "en-GB").map(({ words, receipts: ofDay }) => [words, ofDay.map(({ id }) => id)]),
    [
      ["Today", ["c"]],
      ["Yesterday", ["b", "a"]],
    ],
  );
});
