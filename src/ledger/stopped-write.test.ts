import assert from "node:assert/strict";
import { sql } from "kysely";
import * as z from "zod";
import { eachEngine } from "../../test/database.ts";
import { noAddresses, noJobs, receiptsOnly } from "../../test/kernel-ports.ts";
import type { Handle } from "../database/handle.ts";
import { createInvoke } from "../kernel/invoke.ts";
import { defineTool, defineToolset } from "../kernel/tool.ts";
import { createLedger } from "./ledger.ts";
import { ledgerTables } from "../../test/ledger/tables.ts";

const ALICE = "0199a000-0000-7000-8000-00000000000a";
const tables = [...ledgerTables, { name: "9999-notes", statements: ["create table notes (word text)"] }];

interface Notes {
  write(word: string): Promise<void>;
  /** While the first word is being written, the caller leaves. */
  between(): void;
}

const writeTwo = defineTool<Notes, z.ZodObject, z.ZodObject>({
  name: "write_two",
  title: "Write two",
  description: "Writes two words, one after the other.",
  effect: "write",
  destructive: false,
  idempotent: false,
  openWorld: false,
  scopes: [],
  audience: "assistant",
  examples: [],
  input: z.object({}),
  output: z.object({}),
  async run(_input, { write, between }) {
    const first = write("first");
    between();
    await first;
    await write("second");
    return { text: "Both.", data: {} };
  },
});

eachEngine(
  "stopped-write: a call whose caller leaves half way changes nothing, and its receipt says so",
  tables,
  async (_t, database) => {
    const leave = new AbortController();
    const toolset = defineToolset({
      name: "notes",
      title: "Notes",
      tools: [writeTwo],
      ports: (handle: Handle): Notes => ({
        async write(word) {
          await sql`insert into notes values (${word})`.execute(handle);
        },
        between: () => leave.abort(),
      }),
    });
    const ledger = createLedger(database, () => new Date());
    const invoke = createInvoke({
      toolsets: [toolset],
      ledger: receiptsOnly(ledger),
      jobs: noJobs(),
      addresses: noAddresses,
      handle: database.handle,
      clock: () => new Date(),
      deadlineMs: 10_000,
      report: () => undefined,
    });
    const result = await invoke({
      name: "write_two",
      input: {},
      principal: {
        userId: ALICE,
        clientId: "c",
        clientName: "C",
        grantId: null,
        scopes: new Set(),
        channel: "mcp",
        paused: false,
      },
      requestId: "request-1",
      signal: leave.signal,
    });
    assert.equal(result.ok, false);
    const { rows } = await sql`select * from notes`.execute(database.handle);
    assert.deepEqual(rows, []);
    const { receipts } = await ledger.page({ userId: ALICE, limit: 5 });
    assert.deepEqual(
      receipts.map((receipt) => `${receipt.outcome} ${receipt.code}`),
      ["failed timeout"],
    );
  },
);
