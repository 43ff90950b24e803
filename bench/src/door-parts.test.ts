import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { createInvoke, type InvokeParts } from "../../src/kernel/invoke.ts";
import { receiptKeeping } from "../../src/kernel/receipt-draft.ts";
import { allScopes } from "../../src/kernel/scopes.ts";
import { defineTool, defineToolset } from "../../src/kernel/tool.ts";
import { noAddresses, noJobs, receiptsOnly } from "../../test/kernel-ports.ts";
import { createSwitchedDoor, type DoorPart } from "./door-parts.ts";

const echo = defineTool<object, z.ZodObject<{ text: z.ZodString }>, z.ZodObject<{ text: z.ZodString }>>({
  name: "echo",
  title: "Echo",
  description: "Says it again.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "assistant",
  examples: [],
  input: z.object({ text: z.string() }),
  output: z.object({ text: z.string() }),
  run: async ({ text }) => ({ text, data: { text } }),
});

const never = async (): Promise<never> => assert.fail("a read asks for nothing but its receipt");

/** What the parts of a door were asked, in their order; a receipt digests the arguments and the answer, and is committed. */
type Asked = DoorPart | "arguments" | "answer";

const doorOf = (asked: Asked[]): InvokeParts<null> => ({
  toolsets: [defineToolset({ name: "t", title: "T", tools: [echo], ports: () => ({}) })],
  ledger: receiptsOnly({
    record: async () => void asked.push("receipt"),
    open: never,
    close: never,
    abandon: never,
  }),
  keeping: {
    asked: (...args) => (asked.push("arguments"), receiptKeeping.asked(...args)),
    answered: (...args) => (asked.push("answer"), receiptKeeping.answered(...args)),
  },
  jobs: noJobs(),
  addresses: noAddresses,
  limits: { take: () => void asked.push("limit") },
  entitlementOf: async () => ({
    callsPerMinute: 60,
    take: async () => void asked.push("entitlement"),
    giveBack: never,
  }),
  handle: null,
  clock: () => new Date("2026-11-20T12:00:00Z"),
  deadlineMs: 1000,
  report: (error) => assert.fail(String(error.cause)),
});

const principal = {
  userId: "user",
  clientId: "client",
  clientName: "Client",
  grantId: null,
  scopes: new Set(allScopes),
  channel: "mcp",
  paused: false,
} as const;

test("a part that is left out is not asked; the call is answered as ever; the others and the next call are not touched", async () => {
  const asked: Asked[] = [];
  const { door, leaveOut } = createSwitchedDoor();
  const invoke = createInvoke(door(doorOf(asked)));
  const askedWithout = async (part: DoorPart | null): Promise<readonly Asked[]> => {
    leaveOut(part);
    const result = await invoke({ name: "echo", input: { text: "hi" }, principal, requestId: "r" });
    assert.equal(result.ok && result.answer.text, "hi");
    return asked.splice(0);
  };
  const whole: readonly Asked[] = ["arguments", "limit", "entitlement", "answer", "receipt"];
  assert.deepEqual(await askedWithout(null), whole);
  assert.deepEqual(await askedWithout("entitlement"), ["arguments", "limit", "answer", "receipt"]);
  assert.deepEqual(await askedWithout("limit"), ["arguments", "entitlement", "answer", "receipt"]);
  assert.deepEqual(await askedWithout("receipt"), ["limit", "entitlement"]);
  assert.deepEqual(await askedWithout(null), whole);
});
