import assert from "node:assert/strict";
import { test } from "node:test";
import { effectiveScopes } from "../../kernel/scopes.ts";
import { jobStatus, type JobState } from "./job-status.ts";

const ID = "0199a000-0000-7000-8000-00000000000a";

const state = (change: Partial<JobState>): JobState => ({
  tool: "account_report",
  status: "queued",
  unknown: false,
  retries: false,
  progress: null,
  answer: null,
  error: null,
  files: [],
  ...change,
});

/** Asks about a job of ana's, as the client that began it or another, of hers or of somebody else's. */
async function ask(change: Partial<JobState>, { id = ID, userId = "ana", clientId = "c" } = {}) {
  return jobStatus.prepare({ id }).run({
    principal: {
      userId,
      clientId,
      clientName: "C",
      grantId: null,
      scopes: effectiveScopes(["read"]),
      channel: "mcp",
      paused: false,
    },
    requestId: "r",
    receiptId: "i",
    now: new Date(),
    signal: new AbortController().signal,
    progress: () => undefined,
    ownJobs: {
      find: async (person, client, job) => (person === "ana" && client === "c" && job === ID ? state(change) : null),
    },
  });
}

const error = { code: "unavailable", message: "It is not there.", next: "Try again in a moment." };

test("each way in which a job can stand has its words", async () => {
  const words = async (change: Partial<JobState>): Promise<string> => (await ask(change)).text;
  assert.match(await words({}), /waits for a worker/);
  assert.match(await words({ retries: true, error }), /another follows by itself\. It is not there\./);
  const progress = { stage: "Reads your links", percent: 40, etaSeconds: 3 };
  assert.match(await words({ status: "running", progress }), /Reads your links, 40 %, about 3 s left/);
  assert.match(await words({ status: "failed", error }), /It is not there\. Try again in a moment\./);
  assert.match(await words({ status: "cancelled" }), /Nothing was changed/);
  assert.match(await words({ status: "expired" }), /given up/);
  const done = await ask({
    status: "completed",
    answer: { text: "The report is made.", data: { calls: 3 } },
    files: [{ name: "report.html", mediaType: "text/html", url: "https://b.example/x" }],
  });
  assert.match(done.text, /^Done\. The report is made\.\nreport\.html: https:/);
  assert.deepEqual(Object.entries(Object(done.data)).find(([name]) => name === "result")?.[1], { calls: 3 });
});

test("an outcome that nobody knows says what happens next, and never to call again", async () => {
  const unknown = { unknown: true, error: { ...error, code: "outcome_unknown" } };
  const looking = await ask({ ...unknown, status: "queued" });
  assert.match(looking.text, /looks for evidence by itself.*Do not call the tool again/s);
  const given = await ask({ ...unknown, status: "failed" });
  assert.match(given.text, /no evidence was found.*Do not call the tool again.*Tell the person/s);
  for (const { data } of [looking, given]) assert.match(JSON.stringify(data), /"outcome":"unknown"/);
});

test("somebody else's, another client's, an unknown one and no id at all are the same", async () => {
  for (const other of [
    { userId: "ben" },
    { clientId: "d" },
    { id: "0199a000-0000-7000-8000-00000000000b" },
    { id: "' or 1=1" },
  ])
    await assert.rejects(ask({}, other), { code: "not_found", message: "This client has begun no job with this id." });
});
