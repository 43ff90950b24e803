import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import * as z from "zod";
import type { AppParts } from "../../src/app/parts.ts";
import type { Handle } from "../../src/database/handle.ts";
import { type Artifact, type Call, defineTool, defineToolset, type Toolset } from "../../src/kernel/tool.ts";
import { until } from "../bellhop.ts";
import { linkPerson } from "../clients/linked-person.ts";
import { rawCall } from "../clients/raw-call.ts";
import { privyApp } from "../clients/raw-link.ts";
import { startWhole } from "./whole-server.ts";

const progressSchema = z.object({ stage: z.string(), percent: z.number(), eta_seconds: z.number().nullable() });
const jobSchema = z.object({
  status: z.string(),
  progress: progressSchema.nullable(),
  resultPayload: z
    .object({
      text: z.string(),
      artifacts: z.array(z.object({ filename: z.string(), mimeType: z.string(), bytes: z.number(), url: z.string() })),
    })
    .nullable(),
});

/** What the work of a test's tool is: it says how far it is, and ends when the test lets it. */
type Work = (call: Call) => Promise<readonly Artifact[]>;

const studio = (background: boolean, work: Work): Toolset<Handle> =>
  defineToolset({
    name: "studio",
    title: "Studio",
    ports: () => ({}),
    tools: [
      defineTool({
        name: "paint",
        title: "Paint",
        description: "Use this to paint a picture.",
        effect: "read",
        destructive: false,
        idempotent: true,
        openWorld: false,
        background,
        scopes: ["read"],
        audience: "assistant",
        examples: ["paint something"],
        input: z.object({}),
        output: z.object({}),
        async run(_input, call) {
          const files = await work(call);
          return { text: "It is painted.", data: {}, ...(background && { files }) };
        },
      }),
    ],
  });

/** The whole server with one tool more, and a person whose assistant has begun a job with it. */
async function begin(t: TestContext, toolset: Toolset<Handle>, door?: AppParts["door"]) {
  const app = await privyApp();
  const settings = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const server = await startWhole(t, { settings, toolsets: [toolset], ...(door && { door }) });
  const { cookie, accessToken } = await linkPerson({ url: server.baseUrl }, server.baseUrl, app, "ana");
  const call = (name: string, input: unknown) => rawCall({ mcpUrl: `${server.baseUrl}/mcp`, accessToken, name, input });
  const { pending } = await call("paint", {});
  assert.equal(pending?.kind, "job");
  const url = `${server.baseUrl}/api/tools/jobs/${pending.id}`;
  return {
    url,
    cookie,
    view: async () => jobSchema.parse(await (await fetch(url, { headers: { cookie } })).json()),
    status: () => call("job_status", { id: pending.id }),
  };
}

test("a call is answered within 25 seconds; past that it is a job, and its work goes on", async (t) => {
  const gate = Promise.withResolvers<void>();
  const seen: number[] = [];
  const toolset = studio(false, async () => {
    await gate.promise;
    return [];
  });
  const job = await begin(t, toolset, (door) => {
    seen.push(door.deadlineMs);
    // The time itself is another's to wait for.
    return { ...door, deadlineMs: 50 };
  });
  t.after(() => gate.resolve());
  assert.deepEqual(seen, [25_000]);
  assert.equal((await job.view()).status, "running");
  gate.resolve();
  const done = await until("its end", async () => {
    const view = await job.view();
    return view.status === "completed" ? view : undefined;
  });
  assert.equal(done.resultPayload?.text, "It is painted.");
});

/** One pixel: no text in any encoding. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const ANY = Buffer.from(Array.from({ length: 256 }, (_, index) => 255 - index));

test("a job says what its tool says of the time left, and gives files of any kind as they were made", async (t) => {
  const gate = Promise.withResolvers<void>();
  const toolset = studio(true, async ({ progress }) => {
    progress({ stage: "Mixes the colours", percent: 40, etaSeconds: 90 });
    await gate.promise;
    return [
      { name: "picture.png", mediaType: "image/png", body: PNG },
      { name: "brushes.zip", mediaType: "application/zip", body: ANY },
    ];
  });
  const job = await begin(t, toolset);
  t.after(() => gate.resolve());

  await t.test("the time left, to the person and to the assistant", async () => {
    const said = await until("its progress", async () => (await job.view()).progress ?? undefined);
    assert.deepEqual(said, { stage: "Mixes the colours", percent: 40, eta_seconds: 90 });
    const { text, data } = await job.status();
    assert.equal(text, "It is under way. Mixes the colours, 40 %, about 90 s left. Ask again in a moment.");
    assert.deepEqual(data["progress"], { stage: "Mixes the colours", percent: 40, etaSeconds: 90 });
  });

  await t.test("the files, by signed link and by the person's own session", async () => {
    gate.resolve();
    const result = await until("its answer", async () => (await job.view()).resultPayload ?? undefined);
    assert.deepEqual(
      result.artifacts.map(({ filename, mimeType, bytes }) => [filename, mimeType, bytes]),
      [
        ["picture.png", "image/png", PNG.length],
        ["brushes.zip", "application/zip", 256],
      ],
    );
    for (const { filename, mimeType, url } of result.artifacts) {
      const isPicture = mimeType === "image/png";
      const bySession = fetch(`${job.url}/artifacts/${filename}`, { headers: { cookie: job.cookie } });
      for (const response of [await fetch(url), await bySession]) {
        assert.equal(response.status, 200);
        const { headers } = response;
        assert.deepEqual(Buffer.from(await response.arrayBuffer()), isPicture ? PNG : ANY);
        assert.equal(headers.get("content-type"), mimeType);
        const way = isPicture ? "inline" : "attachment";
        assert.equal(headers.get("content-disposition"), `${way}; filename="${filename}"`);
        assert.equal(headers.get("x-content-type-options"), "nosniff");
        assert.match(headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none';/);
        assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
        assert.equal(headers.get("referrer-policy"), "no-referrer");
        assert.equal(headers.get("cache-control"), "no-store");
      }
      assert.equal((await fetch(`${job.url}/artifacts/${filename}`)).status, 401);
    }
  });
});
