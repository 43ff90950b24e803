import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Database, Handle, Migration } from "../../src/database/handle.ts";
import type { ErrorCode } from "../../src/kernel/errors.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import type { CallResult } from "../../src/kernel/call.ts";
import { createInvoke } from "../../src/kernel/invoke.ts";
import type { Json } from "../../src/kernel/json.ts";
import type { Ledger } from "../../src/kernel/ports/ledger.ts";
import type { Channel, ProvenBy } from "../../src/kernel/principal.ts";
import { type Scope, effectiveScopes } from "../../src/kernel/scopes.ts";
import type { ToolAnswer, Toolset } from "../../src/kernel/tool.ts";
import { noAddresses, noJobs, receiptsOnly } from "../kernel-ports.ts";

/** All that a toolset's tables may know of a person. */
export const usersTable: Migration = {
  name: "0001-users",
  statements: ["create table users (id uuid primary key)"],
};

/** The time of every call through a test's door. */
export const callTime = new Date("2026-11-20T09:30:00.000Z");

const readAndWrite: readonly Scope[] = ["read", "write"];

interface CallOptions {
  readonly scopes?: readonly Scope[];
  readonly channel?: Channel;
  /** How the person proved to be there. */
  readonly proven?: ProvenBy | undefined;
}

/** The real door on a test's database: its receipts go nowhere, its transactions are real. */
export interface Door {
  /** A new person. */
  person(): Promise<string>;
  call(userId: string, name: string, input: unknown, options?: CallOptions): Promise<CallResult>;
  /** Calls and expects an answer; its data is as it arrives, through JSON. */
  ask(userId: string, name: string, input: unknown, options?: CallOptions): Promise<ToolAnswer<Json>>;
  /** Calls and expects a refusal with this code; returns its sentence. */
  refused(code: ErrorCode, userId: string, name: string, input: unknown, options?: CallOptions): Promise<string>;
}

const ledgerOf = (database: Database): Ledger<Handle> =>
  receiptsOnly({
    record: async () => {},
    open: async () => {},
    close: (work, receiptOf) =>
      database.transaction(async (handle) => {
        const result = await work(handle);
        receiptOf(result);
        return result;
      }),
    abandon: async () => {},
  });

export function openDoor(database: Database, toolsets: readonly Toolset<Handle>[]): Door {
  const invoke = createInvoke({
    toolsets,
    ledger: ledgerOf(database),
    handle: database.handle,
    clock: () => callTime,
    deadlineMs: 25_000,
    jobs: noJobs(),
    addresses: noAddresses,
    report: (error) => assert.fail(`An error that nobody foresaw: ${String(error.cause)}`),
  });

  const call: Door["call"] = (userId, name, input, { scopes = readAndWrite, channel = "mcp", proven } = {}) =>
    invoke({
      name,
      input,
      requestId: uuidv7(callTime),
      principal: {
        userId,
        clientId: "test",
        clientName: "Test",
        grantId: null,
        scopes: effectiveScopes(scopes),
        channel,
        paused: false,
        ...(proven && { proven }),
      },
    });

  return {
    call,
    async person() {
      const id = uuidv7(callTime);
      await sql`insert into users (id) values (${id})`.execute(database.handle);
      return id;
    },
    async ask(...args) {
      const result = await call(...args);
      assert.ok(result.ok, result.ok ? "" : `${result.error.code}: ${result.error.message}`);
      const data: Json = JSON.parse(JSON.stringify(result.answer.data));
      return { ...result.answer, data };
    },
    async refused(code, ...args) {
      const result = await call(...args);
      assert.ok(!result.ok, "The call was answered.");
      assert.equal(result.error.code, code);
      return result.error.message;
    },
  };
}
