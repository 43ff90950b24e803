import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";
import type { Handle } from "../../src/database/handle.ts";
import { defineTool, defineToolset, type Toolset } from "../../src/kernel/tool.ts";
import { until } from "../bellhop.ts";
import { linkPerson } from "../clients/linked-person.ts";
import { rawCall } from "../clients/raw-call.ts";
import { privyApp } from "../clients/raw-link.ts";
import { startWhole } from "./whole-server.ts";

const MB = 1024 * 1024;
const HUGE = 100 * MB;

setFlagsFromString("--expose-gc");
const collect: (how: object) => void = runInNewContext("gc");

/** Bytes that this process holds once nothing is left to collect. */
function held(): number {
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const mega = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`;

const receiptsSchema = z.object({
  receipts: z.array(
    z.object({
      id: z.string(),
      tool: z.string(),
      outcome: z.string(),
      code: z.string().nullable(),
      effect: z.string(),
    }),
  ),
});
const failedJob = z.object({
  status: z.literal("failed"),
  artifactCount: z.number(),
  error: z.object({ code: z.string(), message: z.string(), next: z.string() }),
});

const facts = {
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  audience: "assistant",
  examples: ["everything"],
} as const;

/** Made anew at each call, of bytes that are really there: a text that is only repeated weighs nothing. */
const hugeText = (): string => Buffer.alloc(HUGE, "x").toString("latin1");

const archive: Toolset<Handle> = defineToolset({
  name: "archive",
  title: "Archive",
  ports: () => ({}),
  tools: [
    defineTool({
      ...facts,
      name: "dump",
      title: "Dump the archive",
      description: "Use this to get the whole archive at once.",
      input: z.object({ as: z.enum(["text", "data", "rows"]) }),
      output: z.object({ rows: z.array(z.string()) }),
      async run({ as }) {
        if (as === "text") return { text: hugeText(), data: { rows: [] } };
        const row = "x".repeat(1_000);
        const rows = as === "data" ? [hugeText()] : Array.from({ length: HUGE / 1_000 }, () => row);
        return { text: "Everything.", data: { rows } };
      },
    }),
    defineTool({
      ...facts,
      name: "pack",
      title: "Pack the archive",
      description: "Use this to get the whole archive as a file.",
      background: true,
      input: z.object({}),
      output: z.object({}),
      async run() {
        const body = new Uint8Array(HUGE);
        return { text: "Packed.", data: {}, files: [{ name: "archive.tar", mediaType: "application/x-tar", body }] };
      },
    }),
  ],
});

test("a result of 100 MB is refused in words, weighs nothing afterwards, and its receipt says so", async (t) => {
  const app = await privyApp();
  const settings = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const { baseUrl } = await startWhole(t, { settings, toolsets: [archive] });
  const { accessToken, cookie } = await linkPerson({ url: baseUrl }, baseUrl, app, "ana");
  const call = (name: string, input: unknown) => rawCall({ mcpUrl: `${baseUrl}/mcp`, accessToken, name, input });
  await call("echo", { text: "warm" });

  const before = held();
  const ids: string[] = [];
  for (const as of ["text", "data", "rows"]) {
    const { error, text, data, receiptId } = await call("dump", { as });
    assert.equal(error, "result_too_large", as);
    assert.match(text, /^The answer is larger than 1 MB, so it is not given\. Ask for less at once\./);
    assert.ok(text.length + JSON.stringify(data).length < 2_000, "the client gets an error, and nothing of the result");
    ids.push(receiptId);
  }
  const more = held() - before;
  t.diagnostic(`${mega(more)} more than before`);
  assert.ok(more < HUGE / 4, `nothing of the results is kept, not ${mega(more)}`);

  const headers = { authorization: `Bearer ${accessToken}` };
  const { receipts } = receiptsSchema.parse(await (await fetch(`${baseUrl}/receipts`, { headers })).json());
  const dumps = receipts.filter(({ tool }) => tool === "dump");
  assert.deepEqual(new Set(dumps.map(({ id }) => id)), new Set(ids));
  for (const { outcome, code } of dumps) assert.deepEqual([outcome, code], ["refused", "result_too_large"]);
  assert.equal((await call("echo", { text: "next" })).error, null);

  const { pending } = await call("pack", {});
  const job = await until("the job to fail", async () => {
    const answer = await fetch(`${baseUrl}/api/tools/jobs/${pending?.id}`, { headers: { cookie } });
    return failedJob.safeParse(await answer.json()).data;
  });
  assert.equal(job.artifactCount, 0);
  assert.deepEqual(job.error, {
    code: "result_too_large",
    message: "The file archive.tar is larger than 10 MB, so nothing of the result is kept.",
    next: "Ask for less at once.",
  });
});
