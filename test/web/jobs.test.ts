import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { approvalId as jobId, jobOf, work } from "./approvals-contract.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { type World, failNext } from "./world.ts";
import { inMinutes, receiptOf } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

type Members = Record<string, unknown>;

const put = (world: World, ...jobs: readonly Members[]): void => {
  for (const job of jobs) world.approvals.jobs.set(String(job["id"]), job);
};

const report = (more: Members = {}): Members =>
  jobOf(1, {
    jobType: "account_report",
    title: "Account report",
    status: "running",
    cancellable: true,
    createdAt: inMinutes(-1),
    startedAt: inMinutes(-1),
    progress: { stage: "Drawing charts", percent: 40, eta_seconds: 130 },
    ...more,
  });

const artifactOf = (filename: string, mimeType: string, bytes: number, more: Members = {}): Members => ({
  id: `file-${filename}`,
  filename,
  mimeType,
  bytes,
  url: `/api/tools/jobs/${jobId(1)}/artifacts/${encodeURIComponent(filename)}?sig=first`,
  expiresAt: inMinutes(10),
  ...more,
});

const finished = (more: Members = {}): Members =>
  report({
    status: "completed",
    cancellable: false,
    completedAt: inMinutes(0),
    progress: { stage: "Done", percent: 100, eta_seconds: 0 },
    artifactCount: 3,
    resultPayload: {
      text: "Your report of the last 30 days is ready.\n214 calls, 3 refused, 41.20 US dollars spent.",
      data: {},
      artifacts: [
        artifactOf("report.html", "text/html; charset=utf-8", 48_120),
        artifactOf("report.md", "text/markdown", 4_210),
        artifactOf("response.json", "application/json", 812),
      ],
    },
    ...more,
  });

async function withJobs(t: TestContext, options: BrowserContextOptions = {}) {
  const visited = await signedIn(t, options);
  put(
    visited.world,
    report(),
    jobOf(2, { status: "queued", createdAt: inMinutes(-2), title: "Swap tokens" }),
    jobOf(3, { status: "completed", createdAt: inMinutes(-0.5), completedAt: inMinutes(-0.2), title: "Find people" }),
    jobOf(4, {
      status: "failed",
      createdAt: inMinutes(-50),
      completedAt: inMinutes(-48),
      title: "Extract intents",
      clientName: "ChatGPT",
      error: { code: "timeout", message: "The model took too long.", next: "Ask for a shorter text." },
    }),
    jobOf(5, {
      status: "failed",
      createdAt: inMinutes(-90),
      completedAt: inMinutes(-88),
      error: { code: "outcome_unknown", message: "It may have happened.", next: "Do not call again." },
    }),
    jobOf(6, {
      status: "cancelled",
      createdAt: inMinutes(-200),
      completedAt: inMinutes(-199),
      title: "Account report",
    }),
  );
  return visited;
}

test("what is under way stands first, with how far it is; then what has ended, the newest on top", async (t) => {
  const { page, url } = await withJobs(t);
  await page.goto(`${url}/app/jobs`);
  const running = page.getByRole("region", { name: "Under way" }).getByRole("listitem");
  await running.first().waitFor();
  assert.deepEqual(await running.getByRole("heading").allInnerTexts(), ["Account report", "Swap tokens"]);
  await running.first().getByText("40% · about 2 minutes left").waitFor();
  const bar = running.first().getByRole("progressbar", { name: "Progress of Account report" });
  assert.equal(await bar.getAttribute("value"), "40");
  await running.nth(1).getByText("Waiting for its turn").waitFor();
  const ended = page.getByRole("region", { name: "Ended" }).getByRole("listitem");
  assert.deepEqual(await ended.getByRole("link").allInnerTexts(), [
    "Find people",
    "Extract intents",
    "Swap tokens",
    "Account report",
  ]);
  await ended.nth(2).getByText("Outcome unknown").waitFor();
  await page.getByText("These are all.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "jobs");
  await page.getByLabel("Any state").selectOption("failed");
  await running.first().waitFor({ state: "detached" });
  assert.match(page.url(), /status=failed/);
  assert.equal(await ended.count(), 2);
  await page.getByLabel("Any state").selectOption("expired");
  await page.getByRole("heading", { name: "No such jobs" }).waitFor();
  await page.getByRole("link", { name: "Show all jobs" }).click();
  await running.first().waitFor();
});

test("many jobs are read page by page, and none yet says what makes one", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/jobs`);
  await page.getByRole("heading", { name: "No jobs yet" }).waitFor();
  await page.getByText("takes an assistant longer than 25 seconds").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "jobs-none");
  put(world, ...Array.from({ length: 30 }, (_, at) => jobOf(at, { status: "completed", createdAt: inMinutes(-at) })));
  await page.reload();
  const ended = page.getByRole("region", { name: "Ended" }).getByRole("listitem");
  await ended.nth(24).waitFor();
  await page.getByRole("button", { name: "Show older" }).click();
  await ended.nth(29).waitFor();
});

test("a job's progress arrives by itself, and so does its end, with answer and files", async (t) => {
  const { page, url, world } = await withJobs(t);
  world.receipts = [receiptOf(0, { id: jobId(1), tool: "account_report", title: "Account report" }), ...world.receipts];
  await page.goto(`${url}/app/jobs`);
  await page.getByRole("link", { name: "Account report" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Account report" }).waitFor();
  assert.match(page.url(), new RegExp(`/app/jobs/${jobId(1)}$`));
  await page.getByText("Drawing charts").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "job-running");
  work(
    world,
    report({ updatedAt: inMinutes(0.1), progress: { stage: "Writing the page", percent: 80, eta_seconds: 20 } }),
  );
  await page.getByText("Writing the page").waitFor();
  await page.getByText("80% · about 20 seconds left").waitFor();
  work(world, finished());
  await page.getByText("214 calls, 3 refused, 41.20 US dollars spent.").waitFor();
  await page.getByRole("status").getByText("Done").waitFor();
  const files = page.getByRole("region", { name: "Files" }).getByRole("listitem");
  assert.equal(await files.count(), 3);
  await files.first().getByText("Web page · 48.1 kB").waitFor();
  const open = files.first().getByRole("link", { name: "Open in a new tab" });
  assert.equal(await open.getAttribute("target"), "_blank");
  assert.equal(await files.nth(2).getByRole("link", { name: "Download" }).getAttribute("download"), "response.json");
  await assertAccessible(page);
  await screenshot(page, "console", "job-done");
  await page.getByRole("button", { name: "Receipt" }).click();
  await page.getByRole("dialog", { name: "Account report" }).waitFor();
});

test("the answer of an open job is read once when it ends, and stays when news of the job come again", async (t) => {
  const { page, url, world } = await withJobs(t);
  const read: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === `/api/tools/jobs/${jobId(1)}`) read.push(request.method());
  });
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  await page.getByText("Drawing charts").waitFor();
  const before = read.length;
  work(world, finished());
  const answer = page.getByRole("region", { name: "Answer" }).getByText("Your report of the last 30 days is ready.");
  await answer.waitFor();
  assert.equal(read.length, before + 1);
  const later = inMinutes(0.2);
  work(world, finished({ title: "Report, renamed", updatedAt: later }));
  await page.getByRole("heading", { level: 1, name: "Report, renamed" }).waitFor();
  assert.ok(await answer.isVisible());
  assert.equal(await page.getByRole("region", { name: "Files" }).getByRole("listitem").count(), 3);
  assert.equal(read.length, before + 1);
  await page.getByRole("link", { name: "All jobs" }).click();
  await page.getByRole("region", { name: "Ended" }).getByText("3 files").waitFor();
});

test("the addresses of files are read anew before they end", async (t) => {
  const { page, url, world } = await signedIn(t);
  const soon = artifactOf("report.html", "text/html", 100, { expiresAt: inMinutes(0.55) });
  put(world, finished({ resultPayload: { text: "", data: {}, artifacts: [soon] } }));
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  const link = page.getByRole("link", { name: "Download" });
  assert.match((await link.getAttribute("href")) ?? "", /sig=first/);
  const fresh = { ...soon, url: String(soon["url"]).replace("first", "second"), expiresAt: inMinutes(10) };
  put(world, finished({ resultPayload: { text: "", data: {}, artifacts: [fresh] } }));
  await page.waitForFunction(() => document.querySelector("a[download]")?.getAttribute("href")?.includes("second"));
});

test("while the line to the server is down, what is under way is asked for", async (t) => {
  const { page, url, world } = await withJobs(t);
  await page.route("**/api/events", (route) => route.abort());
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  await page.getByText("Drawing charts").waitFor();
  put(world, finished());
  await page.getByText("Not live. It comes back by itself.").waitFor();
  await page.getByText("Your report of the last 30 days is ready.").waitFor();
});

test("by keyboard: a job is cancelled after an honest question; one that ended first says so", async (t) => {
  const { page, url, world } = await withJobs(t);
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  await page.getByText("Drawing charts").waitFor();
  await tabTo(page, "Cancel");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Cancel this job?" });
  await dialog.getByText("nothing that it was to change is changed").waitFor();
  await focusReaches(page, "Let it go on", "the harmless answer has the focus");
  await assertAccessible(page);
  await pictureOf(page, "job-cancel");
  failNext(world, `POST /api/tools/jobs/${jobId(1)}/cancel`, new AppError("conflict", "This job has ended already."));
  await dialog.getByRole("button", { name: "Cancel the job" }).click();
  await dialog.getByText("This job has ended already.").waitFor();
  await dialog.getByRole("button", { name: "Cancel the job" }).click();
  await page.getByText("It was cancelled.").waitFor();
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual(world.work.done, [`POST /api/tools/jobs/${jobId(1)}/cancel {}`]);
});

test("what cannot be cancelled any more says why", async (t) => {
  const { page, url, world } = await signedIn(t);
  put(world, report({ cancellable: false }));
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  await page.getByText("It cannot be cancelled any more").waitFor();
  assert.equal(await page.getByRole("button", { name: "Cancel" }).count(), 0);
});

test("a failure says why and what to do; one that is tried again says that instead", async (t) => {
  const { page, url, world } = await withJobs(t);
  await page.goto(`${url}/app/jobs/${jobId(4)}`);
  await page.getByText("The model took too long.").waitFor();
  await page.getByText("Ask for a shorter text.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "job-failed");
  const again = { code: "unavailable", message: "The other side did not answer.", next: "Try again in a moment." };
  put(world, report({ status: "queued", attempt: 2, error: again, progress: null }));
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  await page.getByText("It is tried again by itself, after a while.").waitFor();
});

test("an unknown outcome is a state of its own that says what happens next", async (t) => {
  const { page, url, world } = await withJobs(t);
  const unknown = { code: "outcome_unknown", message: "It may have happened.", next: "Do not call again." };
  put(world, jobOf(7, { status: "queued", error: unknown, createdAt: inMinutes(-1) }));
  await page.goto(`${url}/app/jobs/${jobId(7)}`);
  await page.getByRole("status").getByText("Outcome unknown").waitFor();
  await page.getByText("We look for proof by ourselves").waitFor();
  assert.equal(await page.getByRole("progressbar").count(), 0, "nothing is under way that a bar could show");
  await assertAccessible(page);
  await screenshot(page, "console", "job-unknown");
  await page.goto(`${url}/app/jobs/${jobId(5)}`);
  await page.getByText("No proof was found, either way.").waitFor();
});

test("a job of somebody else, a server that stumbles, and the wait for it", async (t) => {
  const { page, url, world } = await withJobs(t);
  await page.goto(`${url}/app/jobs/01939f00-0000-7000-d000-00000000ffff`);
  await page.getByRole("heading", { level: 1, name: "There is no job here" }).waitFor();
  await page.getByRole("main").getByText("ada@example.com").waitFor();
  assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0, "it would not help");
  await assertAccessible(page);
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /api/tools/jobs", busy);
  failNext(world, "GET /api/tools/jobs", busy);
  const gate = Promise.withResolvers<void>();
  await page.goto(`${url}/app`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  world.gate = gate.promise;
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Jobs" }).click();
  await page.getByText("Loading").first().waitFor();
  gate.resolve();
  await page.getByText("The database is busy.").waitFor();
  await page.getByText("Request id").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("region", { name: "Under way" }).waitFor();
});

test("signing in leads back to the job that was asked for", async (t) => {
  const { page, url, world } = await withJobs(t);
  world.person = null;
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code", { exact: true }).fill("424241");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Account report" }).waitFor();
  assert.match(page.url(), new RegExp(`/app/jobs/${jobId(1)}$`));
});

test("hostile words stay words, however long and in whatever direction", async (t) => {
  const { page, url, world } = await signedIn(t, phone);
  const hostile = `<img src=x onerror=alert(1)>\u202E${"evil ".repeat(200)}`;
  put(
    world,
    report({
      title: hostile,
      clientName: hostile,
      jobType: "x".repeat(300),
      progress: { stage: hostile, percent: 5e9, eta_seconds: -1 },
      resultPayload: { text: hostile.repeat(20), data: {}, artifacts: [artifactOf(hostile, hostile, 10)] },
    }),
  );
  await page.goto(`${url}/app/jobs`);
  await page.getByText("100% · any moment now").waitFor();
  await assertFits(page);
  await page.getByRole("region", { name: "Under way" }).getByRole("link").click();
  await page.getByRole("region", { name: "Files" }).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await page.getByRole("button", { name: /Show all .* characters/ }).click();
  await assertFits(page);
});

test("on a phone, in the dark", async (t) => {
  const { page, url, world } = await withJobs(t, { ...phone, colorScheme: "dark" });
  await page.goto(`${url}/app/jobs`);
  await page.getByText("These are all.").waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "console", "jobs-phone-dark");
  put(world, finished());
  await page.goto(`${url}/app/jobs/${jobId(1)}`);
  await page.getByRole("region", { name: "Files" }).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "console", "job-done-phone-dark");
});
