import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import pg from "pg";
import * as z from "zod";
import { type Bellhop, startBellhop, until } from "../bellhop.ts";
import { readEvents } from "../clients/events.ts";
import { callTool, linkWithPrivy, type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { engines, freshPostgres } from "../database.ts";

const pendingAnswer = z.object({
  result: z.object({
    structuredContent: z.object({
      pending: z.object({ kind: z.literal("job"), id: z.string(), ask: z.literal("job_status"), url: z.string() }),
    }),
  }),
});
const artifact = z.object({ filename: z.string(), mimeType: z.string(), bytes: z.number(), url: z.string() });
const jobView = z.object({
  id: z.string(),
  jobType: z.string(),
  title: z.string(),
  status: z.string(),
  clientName: z.string(),
  channel: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  statusUrl: z.string(),
  artifactCount: z.number(),
  resultPayload: z.object({ text: z.string(), data: z.unknown(), artifacts: z.array(artifact) }).nullable(),
  error: z.object({ code: z.string(), message: z.string(), next: z.string() }).nullable(),
});
const jobsView = z.object({ jobs: z.array(jobView), next: z.string().nullable() });
const artifactsView = z.object({ artifacts: z.array(artifact) });
const failure = z.object({ error: z.string() });

type Bearer = Record<"authorization", string>;

async function jsonOf<Schema extends z.ZodType>(schema: Schema, url: string, headers: Record<string, string>) {
  const response = await fetch(url, { headers });
  assert.equal(response.status, 200, `${url}: ${await response.clone().text()}`);
  return schema.parse(await response.json());
}

async function refusal(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers });
  return `${response.status} ${failure.parse(await response.json()).error}`;
}

async function cookieOf(bellhop: Bellhop, app: PrivyApp, subject?: string): Promise<string> {
  const signedIn = await fetch(`${bellhop.url}/api/sign-in/privy`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: bellhop.url },
    body: JSON.stringify({ token: await app.token(subject ? { subject } : {}) }),
  });
  return signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function begin(bellhop: Bellhop, accessToken: string, input: unknown = {}) {
  const response = await callTool(bellhop.mcpUrl, accessToken, "account_report", input);
  // A 2025 client gets its answer as one event.
  const [, data = ""] = /^data: (.+)$/m.exec(await response.text()) ?? [];
  return pendingAnswer.parse(JSON.parse(data)).result.structuredContent.pending;
}

const ended = (bellhop: Bellhop, bearer: Bearer, id: string) =>
  until("the job to end", async () => {
    const view = await jsonOf(jobView, `${bellhop.url}/api/tools/jobs/${id}`, bearer);
    return view.completedAt === null ? undefined : view;
  });

async function start(t: TestContext, environment: Record<string, string> = {}) {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey, ...environment },
  });
  return { app, bellhop };
}

for (const engine of engines) {
  test(`an account report becomes a job, whose files its person opens and nobody else (${engine})`, async (t) => {
    const { app, bellhop } = await start(t, engine === "postgres" ? { DATABASE_URL: await freshPostgres(t) } : {});
    const tokens = await linkWithPrivy(bellhop.url, app);
    const bearer = { authorization: `Bearer ${tokens.access_token}` };
    const stranger = await linkWithPrivy(bellhop.url, app, "did:privy:bob");
    const strangers = { authorization: `Bearer ${stranger.access_token}` };
    await (await callTool(bellhop.mcpUrl, tokens.access_token, "echo", { text: "counted" })).text();

    const pending = await begin(bellhop, tokens.access_token);
    const url = `${bellhop.url}/api/tools/jobs/${pending.id}`;
    const job = await ended(bellhop, bearer, pending.id);
    assert.deepEqual([job.status, job.error], ["completed", null]);
    assert.deepEqual([job.jobType, job.title, job.clientName], ["account_report", "Account report", "Scripted client"]);
    assert.ok(job.startedAt);
    assert.equal(job.statusUrl, url);
    assert.match(job.resultPayload?.text ?? "", /: 1 call, 1 done, 0 refused, 0 failed; 1 linked assistant\./);

    await t.test("job_status gives the answer and the links to the assistant", async () => {
      const status = await (
        await callTool(bellhop.mcpUrl, tokens.access_token, "job_status", { id: pending.id })
      ).text();
      assert.match(status, /Done\. The report for/);
      assert.match(status, /report\.html\?expires=/);
      const foreign = await callTool(bellhop.mcpUrl, stranger.access_token, "job_status", { id: pending.id });
      assert.match(await foreign.text(), /has begun no job with this id/);
    });

    await t.test("the list shows it, by status and page by page", async () => {
      const second = await begin(bellhop, tokens.access_token);
      await ended(bellhop, bearer, second.id);
      const first = await jsonOf(jobsView, `${bellhop.url}/api/tools/jobs?limit=1&status=completed`, bearer);
      assert.deepEqual([first.jobs.map(({ id }) => id), first.next], [[second.id], second.id]);
      const next = await jsonOf(jobsView, `${bellhop.url}/api/tools/jobs?limit=1&cursor=${first.next}`, bearer);
      assert.deepEqual([next.jobs.map(({ id }) => id), next.next], [[pending.id], null]);
      const [listed] = next.jobs;
      assert.deepEqual([listed?.artifactCount, listed?.resultPayload], [3, null], "its answer is read by itself");
      assert.deepEqual((await jsonOf(jobsView, `${bellhop.url}/api/tools/jobs?status=failed`, bearer)).jobs, []);
      assert.deepEqual((await jsonOf(jobsView, `${bellhop.url}/api/tools/jobs`, strangers)).jobs, []);
      assert.equal(await refusal(`${bellhop.url}/api/tools/jobs?status=stuck`, bearer), "400 invalid_request");
      assert.equal(await refusal(`${bellhop.url}/api/tools/jobs?cursor=1`, bearer), "400 invalid_request");
    });

    await t.test("a signed link opens one file; altered, expired or for another name it does not", async () => {
      const { artifacts } = await jsonOf(artifactsView, `${url}/artifacts`, bearer);
      assert.deepEqual(
        artifacts.map(({ filename }) => filename),
        ["report.html", "report.md", "response.json"],
      );
      const link = new URL(artifacts[0]?.url ?? "");
      const page = await fetch(link);
      assert.equal(page.status, 200);
      assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
      assert.equal(page.headers.get("x-content-type-options"), "nosniff");
      assert.equal(page.headers.get("cache-control"), "no-store");
      assert.match(page.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none';/);
      assert.equal(page.headers.get("content-disposition"), 'inline; filename="report.html"');
      assert.match(await page.text(), /^<!doctype html>[^]*Account report/);
      const changed = (change: (other: URL) => void): string => {
        const other = new URL(link);
        change(other);
        return other.href;
      };
      for (const other of [
        changed(({ searchParams }) => searchParams.set("signature", "x".repeat(43))),
        changed(({ searchParams }) => searchParams.set("expires", "1764500000")),
        changed(({ searchParams }) => searchParams.set("expires", "99999999999")),
        changed((to) => (to.pathname = to.pathname.replace("report.html", "report.md"))),
        changed((to) => (to.search = "")),
      ])
        assert.equal(await refusal(other), "401 authentication_required", other);
      const old = changed(({ searchParams }) => searchParams.set("expires", "1764500000"));
      assert.match(await (await fetch(old)).text(), /This link has expired, or was altered\..*job_status/);
      const led = await fetch(old, { headers: { accept: "text/html" }, redirect: "manual" });
      assert.deepEqual([led.status, led.headers.get("location")], [303, `/app/jobs/${pending.id}`]);
    });

    await t.test(
      "without a signature it opens to its owner, by bearer and in the browser, and to nobody else",
      async () => {
        const file = `${url}/artifacts/response.json`;
        const cookie = await cookieOf(bellhop, app);
        for (const headers of [bearer, { cookie }]) assert.equal((await fetch(file, { headers })).status, 200);
        const bobs = await cookieOf(bellhop, app, "did:privy:bob");
        for (const headers of [strangers, { cookie: bobs }])
          assert.equal(await refusal(file, headers), "404 not_found");
        assert.equal(await refusal(url, strangers), "404 not_found");
        assert.equal(await refusal(`${url}/artifacts`, strangers), "404 not_found");
        assert.equal(await refusal(url), "401 authentication_required");
        const narrow = await linkWithPrivy(bellhop.url, app, "did:privy:ana", "read");
        assert.equal(await refusal(url, { authorization: `Bearer ${narrow.access_token}` }), "403 insufficient_scope");
      },
    );

    await t.test(
      "another assistant of the same person learns nothing of it; the person sees what all of them began",
      async () => {
        const second = await linkWithPrivy(bellhop.url, app);
        const seconds = { authorization: `Bearer ${second.access_token}` };
        assert.deepEqual((await jsonOf(jobsView, `${bellhop.url}/api/tools/jobs`, seconds)).jobs, []);
        for (const address of [url, `${url}/artifacts`, `${url}/artifacts/report.md`])
          assert.equal(await refusal(address, seconds), "404 not_found", address);
        const asked = await callTool(bellhop.mcpUrl, second.access_token, "job_status", { id: pending.id });
        assert.match(await asked.text(), /has begun no job with this id/);
        const own = await begin(bellhop, second.access_token);
        assert.equal((await ended(bellhop, seconds, own.id)).status, "completed");
        const idsOf = async (headers: Record<string, string>) =>
          (await jsonOf(jobsView, `${bellhop.url}/api/tools/jobs`, headers)).jobs.map(({ id }) => id);
        assert.deepEqual(await idsOf(seconds), [own.id]);
        assert.ok(!(await idsOf(bearer)).includes(own.id));
        const browsers = await idsOf({ cookie: await cookieOf(bellhop, app) });
        assert.ok(browsers.includes(own.id) && browsers.includes(pending.id));
      },
    );

    await t.test("no name leads anywhere else", async () => {
      for (const name of [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "nothing.txt",
        "report.html%00",
        "a%2f..%2freport.html",
        "x".repeat(300),
      ])
        assert.equal(await refusal(`${url}/artifacts/${name}`, bearer), "404 not_found", name);
      for (const id of ["nothing", "..%2f..", "0199a000-0000-7000-8000-00000000000a"])
        assert.equal(await refusal(`${bellhop.url}/api/tools/jobs/${id}`, bearer), "404 not_found", id);
    });

    await t.test("the event stream replays the job, as the route gives it", async () => {
      const cookie = await cookieOf(bellhop, app);
      const response = await fetch(`${bellhop.url}/api/events`, { headers: { cookie, "last-event-id": pending.id } });
      let text = "";
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString("utf8");
        if (/event: job\ndata: .*"status":"completed".*\n\n/.test(text) && text.includes("event: receipt")) break;
      }
      assert.match(text, new RegExp(`id: [0-9a-f-]{36}\nevent: job\ndata: {"id":"${pending.id}"`));
    });
  });
}

test("lists and events of jobs open no answer: one that nobody can open stops only whoever asks for it", async (t) => {
  const DATABASE_URL = await freshPostgres(t);
  const { app, bellhop } = await start(t, { DATABASE_URL });
  const tokens = await linkWithPrivy(bellhop.url, app);
  const bearer = { authorization: `Bearer ${tokens.access_token}` };
  const pending = await begin(bellhop, tokens.access_token);
  await ended(bellhop, bearer, pending.id);
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  const spoilt = await client.query(
    "update operations set answer_sealed = $1 where id = $2 and answer_sealed is not null",
    [Buffer.alloc(1_000_000, 1), pending.id],
  );
  await client.end();
  assert.equal(spoilt.rowCount, 1);

  const url = `${bellhop.url}/api/tools/jobs`;
  assert.equal(await refusal(`${url}/${pending.id}`, bearer), "503 unavailable", "by itself it is opened");
  const { jobs } = await jsonOf(jobsView, url, bearer);
  assert.deepEqual(
    jobs.map(({ id, status, clientName, artifactCount }) => [id, status, clientName, artifactCount]),
    [[pending.id, "completed", "Scripted client", 3]],
  );
  assert.equal((await jsonOf(artifactsView, `${url}/${pending.id}/artifacts`, bearer)).artifacts.length, 3);
  const stream = await readEvents(bellhop.url, await cookieOf(bellhop, app), pending.id);
  t.after(() => stream.close());
  const told = await until("the event of its end", () =>
    stream.seen.find(({ kind, data }) => kind === "job" && data.includes('"status":"completed"')),
  );
  const view = jobView.parse(JSON.parse(told.data));
  assert.deepEqual([view.id, view.artifactCount, view.resultPayload], [pending.id, 3, null]);
});

test("a waiting job is cancelled from the person's own page alone; its operation and receipt say so", async (t) => {
  // No worker: what is begun waits.
  const { app, bellhop } = await start(t, { BELLHOP_JOBS_AT_ONCE: "0" });
  const tokens = await linkWithPrivy(bellhop.url, app);
  const bearer = { authorization: `Bearer ${tokens.access_token}` };
  const pending = await begin(bellhop, tokens.access_token);
  const cookie = await cookieOf(bellhop, app);
  const cancel = (headers: Record<string, string>) =>
    fetch(`${bellhop.url}/api/tools/jobs/${pending.id}/cancel`, { method: "POST", headers });
  assert.equal((await cancel(bearer)).status, 401, "an assistant cannot");
  assert.equal((await cancel({ cookie, origin: "https://elsewhere.example" })).status, 403);
  const bobs = await cookieOf(bellhop, app, "did:privy:bob");
  assert.equal((await cancel({ cookie: bobs, origin: bellhop.url })).status, 404);
  const done = await cancel({ cookie, origin: bellhop.url });
  assert.equal(done.status, 200, await done.clone().text());
  assert.match(await done.text(), /"receiptId":"/);
  assert.equal((await cancel({ cookie, origin: bellhop.url })).status, 409, "it has ended");
  const view = await jsonOf(jobView, `${bellhop.url}/api/tools/jobs/${pending.id}`, bearer);
  assert.equal(view.status, "cancelled");
  const status = await callTool(bellhop.mcpUrl, tokens.access_token, "job_status", { id: pending.id });
  assert.match(await status.text(), /The person cancelled it\. Nothing was changed\./);
  const receipts = await fetch(`${bellhop.url}/receipts`, { headers: bearer });
  assert.match(await receipts.text(), /"tool":"account_report"[^}]*"outcome":"refused","code":"cancelled"/);
});
