import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { noAddresses, noJobs, receiptsOnly } from "../../test/kernel-ports.ts";
import { AppError } from "./errors.ts";
import { registryOf } from "./admit.ts";
import { createInvoke } from "./invoke.ts";
import { digestOf } from "./json.ts";
import type { Ledger } from "./ports/ledger.ts";
import type { Principal } from "./principal.ts";
import type { Receipt } from "./receipt.ts";
import type { Scope } from "./scopes.ts";
import { type Toolset, defineTool, defineToolset } from "./tool.ts";

/** A handle that remembers what was written through it. */
interface Notebook {
  readonly written: string[];
}

/** A ledger in memory that keeps the promise of the port: a change stays only when its receipt closes. */
function memoryLedger(notebook: Notebook): Ledger<Notebook> & { receipts: Map<string, Receipt> } {
  const receipts = new Map<string, Receipt>();
  const keep = async (receipt: Receipt): Promise<void> => void receipts.set(receipt.id, receipt);
  const book = receiptsOnly<Notebook>({
    record: keep,
    open: keep,
    abandon: keep,
    async close(work, receiptOf) {
      const draft: Notebook = { written: [] };
      const result = await work(draft);
      await keep(receiptOf(result));
      notebook.written.push(...draft.written);
      return result;
    },
  });
  return { ...book, receipts };
}

const shout = defineTool<object, z.ZodObject<{ text: z.ZodString }>, z.ZodObject<{ loud: z.ZodString }>>({
  name: "shout",
  title: "Shout",
  description: "Says it louder.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  audience: "assistant",
  examples: ["shout hello"],
  input: z.object({ text: z.string().max(20) }),
  output: z.object({ loud: z.string() }),
  async run({ text }, { signal }) {
    if (text === "wait")
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (text === "break") throw new Error("secret detail");
    return { text: text.toUpperCase(), data: { loud: text.toUpperCase() } };
  },
});

const write = defineTool<
  { note(word: string): void },
  z.ZodObject<{ word: z.ZodString }>,
  z.ZodObject<{ ok: z.ZodBoolean }>
>({
  name: "write_note",
  title: "Write a note",
  description: "Writes it down.",
  effect: "write",
  destructive: false,
  idempotent: false,
  openWorld: false,
  scopes: ["write"],
  audience: "assistant",
  examples: ["note this"],
  input: z.object({ word: z.string() }),
  output: z.object({ ok: z.boolean() }),
  async run({ word }, { note }) {
    note(word);
    if (word === "bad") throw new AppError("conflict", "That word is taken.");
    return { text: "Noted.", data: { ok: true } };
  },
});

const own = defineTool<object, z.ZodObject, z.ZodObject>({
  ...shout,
  name: "own_action",
  audience: "person",
  input: z.object({}),
  output: z.object({}),
  run: async () => ({ text: "Done.", data: {} }),
});

const toolset: Toolset<Notebook> = defineToolset({
  name: "test",
  title: "Test",
  tools: [shout, write, own],
  ports: (handle: Notebook) => ({ note: (word: string) => void handle.written.push(word) }),
});

const alice: Principal = {
  userId: "0199a000-0000-7000-8000-00000000000a",
  clientId: "client_1",
  clientName: "A client",
  grantId: null,
  scopes: new Set<Scope>(["read", "write"]),
  channel: "mcp",
  paused: false,
};

function door(deadlineMs = 1000) {
  const notebook: Notebook = { written: [] };
  const ledger = memoryLedger(notebook);
  const reported: AppError[] = [];
  const clock = () => new Date("2026-11-21T10:00:00Z");
  const invoke = createInvoke({
    toolsets: [toolset],
    ledger,
    handle: notebook,
    clock,
    deadlineMs,
    jobs: noJobs(),
    addresses: noAddresses,
    report: (error) => reported.push(error),
  });
  const call = (name: string, input: unknown, principal = alice) =>
    invoke({ name, input, principal, requestId: "request-1" });
  const receiptOf = (id: string) => ledger.receipts.get(id);
  return { call, receiptOf, notebook, reported, ledger, invoke };
}

test("a call answers with its data and leaves a receipt of what was asked and answered", async () => {
  const { call, receiptOf } = door();
  const result = await call("shout", { text: "hello" });
  assert.ok(result.ok);
  assert.deepEqual(result.answer.data, { loud: "HELLO" });
  const receipt = receiptOf(result.receiptId);
  assert.equal(receipt?.outcome, "ok");
  assert.equal(receipt.argsDigest, digestOf({ text: "hello" }));
  assert.deepEqual(receipt.asked, { digest: receipt.argsDigest, text: '{"text":"hello"}' });
  assert.equal(receipt.answered?.text, '{"loud":"HELLO"}');
});

test("every refusal has its code and its receipt: unknown tool, wrong arguments, missing scope, wrong surface", async () => {
  const { call, receiptOf } = door();
  const reader: Principal = { ...alice, scopes: new Set<Scope>(["read"]) };
  const cases = [
    { code: "unknown_tool", result: await call("nothing\0\ud800", {}) },
    { code: "invalid_input", result: await call("shout", { text: 7 }) },
    { code: "invalid_input", result: await call("shout", { text: "\ud800" }) },
    { code: "insufficient_scope", result: await call("write_note", { word: "x" }, reader) },
    { code: "tool_not_allowed", result: await call("own_action", {}) },
  ];
  for (const { code, result } of cases) {
    assert.equal(result.ok, false);
    assert.equal(result.error.code, code);
    assert.equal(receiptOf(result.receiptId)?.outcome, "refused");
    assert.equal(receiptOf(result.receiptId)?.code, code);
  }
});

test("past a person's limit a call is refused before it is looked at, with a receipt; their browser counts apart", async () => {
  const notebook: Notebook = { written: [] };
  const ledger = memoryLedger(notebook);
  const counted: string[] = [];
  const take = (who: string): void => {
    if (counted.includes(who)) throw new AppError("rate_limited", "There were too many calls.");
    counted.push(who);
  };
  const bounds = { clock: () => new Date(), deadlineMs: 1000, jobs: noJobs<Notebook>(), addresses: noAddresses };
  const parts = { toolsets: [toolset], ledger, handle: notebook, ...bounds };
  const invoke = createInvoke({ ...parts, limits: { take }, report: assert.ifError });
  const call = (name: string, principal: Principal) => invoke({ name, input: {}, principal, requestId: "request-1" });
  const first = await call("nothing", alice);
  const second = await call("nothing", { ...alice, clientId: "client_2", channel: "claude" });
  assert.ok(!first.ok && !second.ok);
  assert.deepEqual([first.error.code, second.error.code], ["unknown_tool", "rate_limited"]);
  assert.equal(ledger.receipts.get(second.receiptId)?.code, "rate_limited");
  assert.equal((await call("own_action", { ...alice, channel: "web" })).ok, true);
});

test("what a person has is read once for a call, and decides how many it counts among, what it takes and gives back", async () => {
  const asked: string[] = [];
  const { ledger, notebook } = door();
  const invoke = createInvoke({
    toolsets: [toolset],
    ledger,
    handle: notebook,
    clock: () => new Date("2026-11-21T10:00:00Z"),
    deadlineMs: 1000,
    jobs: noJobs(),
    addresses: noAddresses,
    limits: { take: (who, perMinute) => void asked.push(`count ${who === alice.userId} ${perMinute}`) },
    entitlementOf: async (userId, now) => {
      asked.push(`read ${userId === alice.userId} ${now.toISOString()}`);
      return {
        callsPerMinute: 7,
        take: async ({ name }) => void asked.push(`take ${name}`),
        giveBack: async ({ name }) => void asked.push(`give back ${name}`),
      };
    },
    report: (error) => assert.fail(String(error)),
  });
  const call = async (word: string) =>
    (await invoke({ name: "write_note", input: { word }, principal: alice, requestId: "request-1" })).ok;
  assert.equal(await call("good"), true);
  assert.deepEqual(asked.splice(0), ["read true 2026-11-21T10:00:00.000Z", "count true 7", "take write_note"]);
  assert.equal(await call("bad"), false);
  assert.deepEqual(asked.slice(-2), ["take write_note", "give back write_note"]);
  assert.equal(asked.filter((line) => line.startsWith("read")).length, 1);
});

test("the person's own browser may do what no assistant may", async () => {
  const { call } = door();
  assert.equal((await call("own_action", {}, { ...alice, channel: "web" })).ok, true);
});

test("a change and its receipt stand or fall together", async () => {
  const { call, receiptOf, notebook } = door();
  const good = await call("write_note", { word: "good" });
  const bad = await call("write_note", { word: "bad" });
  assert.deepEqual(notebook.written, ["good"]);
  assert.equal(receiptOf(good.receiptId)?.outcome, "ok");
  assert.equal(receiptOf(bad.receiptId)?.outcome, "refused");
  assert.equal(receiptOf(bad.receiptId)?.code, "conflict");
});

test("an answer always comes: past the deadline a call that cannot become a job is stopped and says so", async () => {
  const { call, receiptOf } = door(20);
  const result = await call("shout", { text: "wait" });
  assert.equal(result.ok, false);
  assert.equal(result.error.code, "timeout");
  assert.equal(receiptOf(result.receiptId)?.outcome, "failed");
});

test("what breaks inside is reported once, and its words stay inside", async () => {
  const { call, reported } = door();
  const result = await call("shout", { text: "break" });
  assert.equal(result.ok, false);
  assert.equal(result.error.code, "internal");
  assert.doesNotMatch(`${result.error.message} ${result.error.next}`, /secret detail/);
  assert.equal(reported.length, 1);
});

test("a call without a receipt is no answer: when the ledger cannot commit, the call fails", async () => {
  const { ledger, invoke } = door();
  ledger.record = async () => {
    throw new Error("the database is gone");
  };
  await assert.rejects(
    invoke({ name: "shout", input: { text: "hello" }, principal: alice, requestId: "request-1" }),
    /database is gone/,
  );
});

test("two tools of one name stop the start", () => {
  assert.throws(() => registryOf([toolset, toolset]), /Two tools are named/);
});
