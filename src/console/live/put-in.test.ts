import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryClient } from "@tanstack/react-query";
import type { Job } from "../jobs/contract.ts";
import { putJob } from "./put-in.ts";

const jobOf = (more: Partial<Job> = {}): Job => ({
  id: "j1",
  jobType: "account_report",
  title: "Account report",
  status: "running",
  clientName: "Claude",
  channel: "claude",
  attempt: 1,
  progress: null,
  cancellable: true,
  createdAt: "2026-11-30T10:00:00.000Z",
  updatedAt: "2026-11-30T10:00:00.000Z",
  startedAt: "2026-11-30T10:00:00.000Z",
  completedAt: null,
  statusUrl: "/api/tools/jobs/j1",
  artifactCount: 0,
  resultPayload: null,
  errorMessage: null,
  error: null,
  ...more,
});

const done = jobOf({ status: "completed", completedAt: "2026-11-30T10:01:00.000Z", artifactCount: 1 });
const answer = { text: "It is ready.", data: {}, artifacts: [] };
const KEY = ["job", "j1"];

/** A console that has read one job by itself, and a list with it. */
function consoleWith(job: Job) {
  const queries = new QueryClient();
  queries.setQueryData(KEY, job);
  queries.setQueryData(["jobs", {}], { pages: [{ jobs: [{ ...job, resultPayload: null }], next: null }] });
  return {
    queries,
    held: () => queries.getQueryData<Job>(KEY),
    isAsked: () => queries.getQueryState(KEY)?.isInvalidated,
  };
}

test("news of a job that has ended asks for its answer, which news leave out", () => {
  const { queries, held, isAsked } = consoleWith(jobOf());
  putJob(queries, jobOf({ progress: { stage: "Reads", percent: 10, eta_seconds: null } }));
  assert.deepEqual([held()?.progress?.stage, isAsked()], ["Reads", false], "while it runs there is none to ask for");
  assert.deepEqual(putJob(queries, done), ["jobs"]);
  assert.deepEqual([held()?.status, isAsked()], ["completed", true]);
  assert.match(JSON.stringify(queries.getQueryData(["jobs", {}])), /"status":"completed"/);
});

test("an answer that was read stays when news of its job come again", () => {
  const { queries, held, isAsked } = consoleWith({ ...done, resultPayload: answer });
  putJob(queries, { ...done, attempt: 2 });
  assert.deepEqual([held()?.attempt, held()?.resultPayload, isAsked()], [2, answer, false]);
});

test("a job that failed has no answer to ask for, and one that nobody looks at is not kept", () => {
  const { queries, isAsked } = consoleWith(jobOf());
  putJob(queries, jobOf({ status: "failed" }));
  assert.equal(isAsked(), false);
  putJob(queries, { ...done, id: "j2" });
  assert.equal(queries.getQueryData(["job", "j2"]), undefined);
});

test("an approval that had led to no job yet has its place filled", () => {
  const { queries, held, isAsked } = consoleWith(jobOf());
  queries.setQueryData(KEY, null);
  queries.setQueryData(["approval", "j1"], {});
  assert.deepEqual(putJob(queries, done), ["jobs", "approval", "approvals"]);
  assert.deepEqual([held()?.id, isAsked()], ["j1", true]);
});

test("what is on its way may be older than the news, so it is read again", () => {
  const { queries } = consoleWith(jobOf());
  void queries.fetchQuery({ queryKey: KEY, queryFn: () => new Promise<Job>(() => undefined) });
  assert.deepEqual(putJob(queries, jobOf({ status: "cancelled" })), ["jobs", "job"]);
});
