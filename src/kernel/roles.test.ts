import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { noAddresses, noJobs, receiptsOnly } from "../../test/kernel-ports.ts";
import { createInvoke, type InvokeParts } from "./invoke.ts";
import type { Principal } from "./principal.ts";
import type { Receipt } from "./receipt.ts";
import type { Role } from "./roles.ts";
import { allScopes, effectiveScopes } from "./scopes.ts";
import { defineTool, defineToolset } from "./tool.ts";

const lockUp = defineTool({
  name: "lock_up",
  title: "Lock up",
  description: "Locks every door.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  role: "admin",
  examples: [],
  input: z.object({ door: z.string() }),
  output: z.object({ locked: z.boolean() }),
  run: async () => ({ text: "Locked.", data: { locked: true } }),
});

/** A door whose receipts lie in a list. */
function doorWith(roles: InvokeParts<null>["roles"]) {
  const receipts: Receipt[] = [];
  const note = async (receipt: Receipt): Promise<void> => void receipts.push(receipt);
  const invoke = createInvoke<null>({
    toolsets: [defineToolset({ name: "house", title: "House", tools: [lockUp], ports: () => ({}) })],
    ledger: receiptsOnly({ record: note, open: note, close: (work) => work(null), abandon: note }),
    jobs: noJobs(),
    addresses: noAddresses,
    handle: null,
    clock: () => new Date(),
    deadlineMs: 1000,
    report: (error) => assert.fail(String(error.cause)),
    ...(roles && { roles }),
  });
  return { invoke, receipts };
}

const principal: Principal = {
  userId: "ana",
  clientId: "console",
  clientName: "Console",
  grantId: null,
  scopes: effectiveScopes(allScopes),
  channel: "web",
  paused: false,
};
const call = { name: "lock_up", input: { door: "front" }, principal, requestId: "r-1" };

test("a tool for administrators runs for them, and nobody else learns even what it takes", async () => {
  const held = new Map<string, Role>();
  const { invoke, receipts } = doorWith(
    async (userId) => new Set([held.get(userId)].filter((role) => role !== undefined)),
  );
  const codes: unknown[] = [];
  for (const input of [{ door: "front" }, { door: 7 }]) {
    const result = await invoke({ ...call, input });
    codes.push(result.ok ? "ok" : result.error.code);
  }
  assert.deepEqual(codes, ["role_required", "role_required"]);
  assert.deepEqual(
    receipts.map(({ outcome, code }) => [outcome, code]),
    [
      ["refused", "role_required"],
      ["refused", "role_required"],
    ],
  );
  held.set("ana", "admin");
  assert.ok((await invoke(call)).ok);
  held.delete("ana");
  assert.equal((await invoke(call)).ok, false, "a role that was taken away is gone at the next call");
});

test("no scope and no name stands for a role, and without a table of roles nobody has one", async () => {
  const { invoke } = doorWith(undefined);
  const result = await invoke({ ...call, principal: { ...principal, clientName: "admin", clientId: "admin" } });
  assert.equal(result.ok ? "ok" : result.error.code, "role_required");
});
