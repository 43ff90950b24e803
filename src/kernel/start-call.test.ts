import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { noAddresses, noJobs, receiptsOnly } from "../../test/kernel-ports.ts";
import { createInvoke } from "./invoke.ts";
import type { Ledger } from "./ports/ledger.ts";
import type { Receipt } from "./receipt.ts";
import { allScopes } from "./scopes.ts";
import { defineTool, defineToolset } from "./tool.ts";

const wait = defineTool<object, z.ZodObject<{ ms: z.ZodNumber }>, z.ZodObject<{ ms: z.ZodNumber }>>({
  name: "wait",
  title: "Wait",
  description: "Waits.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "assistant",
  examples: [],
  input: z.object({ ms: z.number() }),
  output: z.object({ ms: z.number() }),
  async run({ ms }, { signal }) {
    await pause(ms, undefined, { signal });
    return { text: "Waited.", data: { ms } };
  },
});

/** A door whose calls are late after a moment, and the receipts that it has written. */
function lateDoor(adopt: Ledger<null>["adopt"]) {
  const receipts = new Map<string, Receipt>();
  const reported: string[] = [];
  const keep = async (receipt: Receipt): Promise<void> => void receipts.set(receipt.id, receipt);
  const book = receiptsOnly<null>({
    record: keep,
    open: keep,
    abandon: keep,
    async close(work, receiptOf) {
      const result = await work(null);
      await keep(receiptOf(result));
      return result;
    },
  });
  const jobs = noJobs<null>();
  const invoke = createInvoke<null>({
    toolsets: [defineToolset({ name: "t", title: "T", tools: [wait], ports: () => ({}) })],
    ledger: { ...book, adopt },
    // Its first run of several, as that of anything that may run again.
    jobs: { ...jobs, hold: (id) => ({ ...jobs.hold(id), last: false }) },
    addresses: noAddresses,
    handle: null,
    clock: () => new Date("2026-11-20T12:00:00Z"),
    deadlineMs: 20,
    report: ({ cause }) => void reported.push(cause instanceof Error ? cause.message : ""),
  });
  const call = (ms: number, operationId?: string) =>
    invoke({
      name: "wait",
      input: { ms },
      requestId: "r",
      ...(operationId === undefined ? {} : { operationId: { header: operationId } }),
      principal: {
        userId: "user",
        clientId: "client",
        clientName: "Client",
        grantId: null,
        scopes: new Set(allScopes),
        channel: "mcp",
        paused: false,
      },
    });
  return { call, reported, outcomes: () => [...receipts.values()].map(({ outcome, code }) => [outcome, code]) };
}

const pendingKind = (data: unknown): boolean => JSON.stringify(data).includes('"kind":"job"');

test("a call that is late is answered with a job, once it is one", async () => {
  const { call } = lateDoor(async () => true);
  const result = await call(100, "operation-1");
  assert.ok(result.ok && pendingKind(result.answer.data));
});

for (const [why, adopt] of [
  ["is not wanted any more", async () => false],
  ["cannot be stored", () => Promise.reject(new Error("the database is gone"))],
] as const)
  for (const operationId of [undefined, "operation-1"])
    test(`a late call whose job ${why} is stopped and closed, and never answered with a job that is not there (${operationId ?? "unnamed"})`, async () => {
      const { call, outcomes, reported } = lateDoor(adopt);
      const result = await call(5_000, operationId);
      assert.equal(result.ok ? "answered" : result.error.code, "timeout");
      assert.deepEqual(outcomes(), [["failed", "timeout"]]);
      assert.deepEqual(reported, why === "cannot be stored" ? ["the database is gone"] : []);
    });
