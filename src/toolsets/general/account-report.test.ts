import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "marked";
import { effectiveScopes } from "../../kernel/scopes.ts";
import type { Call, Progress } from "../../kernel/tool.ts";
import { accountReport, type ReportSources } from "./account-report.ts";
import { daysOf } from "./report/figures.ts";

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>' & | \`code\` [link](javascript:alert(1))`;

function stage(change: Partial<ReportSources> = {}) {
  const steps: Progress[] = [];
  const asked: unknown[] = [];
  const stop = new AbortController();
  const sources: ReportSources = {
    counts: async (userId, period) => {
      asked.push([userId, period]);
      return [
        { day: "2026-11-02", tool: "echo", outcome: "ok", code: null, calls: 7 },
        { day: "2026-11-02", tool: "swap", outcome: "refused", code: "spend_limit", calls: 2 },
        { day: "2026-11-30", tool: HOSTILE, outcome: "failed", code: "timeout", calls: 1 },
        { day: "2026-11-30", tool: "swap", outcome: "unknown", code: "outcome_unknown", calls: 1 },
        { day: "2026-11-30", tool: "", outcome: "ok", code: null, calls: 3 },
      ];
    },
    links: async () => [
      {
        clientName: HOSTILE,
        channel: "claude",
        permissions: ["read"],
        createdAt: "2026-10-01T00:00:00Z",
        lastUsedAt: null,
      },
    ],
    approvals: async () => [{ status: "approved", count: 3 }],
    spent: async () => [{ asset: "SOL", amount: "1.25" }],
    titleOf: (tool) => (tool === "echo" ? "Echo" : tool),
    ...change,
  };
  const call: Call & { sources: ReportSources } = {
    principal: {
      userId: "ana",
      clientId: "c",
      clientName: "C",
      grantId: null,
      scopes: effectiveScopes(["profile"]),
      channel: "mcp",
      paused: false,
    },
    requestId: "r",
    receiptId: "i",
    now: new Date("2026-11-30T12:00:00Z"),
    signal: stop.signal,
    progress: (step) => steps.push(step),
    sources,
  };
  const run = (input: unknown) => accountReport.prepare(input).run(call);
  const file = async (name: string, input: unknown = {}) =>
    String((await run(input)).files?.find((one) => one.name === name)?.body);
  return { steps, asked, stop, run, file };
}

test("the report is a page, Markdown and figures, made in steps that say how far it is", async () => {
  const { run, steps, asked } = stage();
  const answer = await run({});
  assert.deepEqual(
    answer.files?.map(({ name, mediaType }) => [name, mediaType]),
    [
      ["report.html", "text/html; charset=utf-8"],
      ["report.md", "text/markdown; charset=utf-8"],
      ["response.json", "application/json"],
    ],
  );
  assert.match(
    answer.text,
    /2026-11-01 to 2026-11-30 is made: 14 calls, 10 done, 2 refused, 2 failed; 1 linked assistant\./,
  );
  assert.ok(steps.length >= 4);
  const percents = steps.map(({ percent }) => percent ?? -1);
  assert.deepEqual(
    percents,
    percents.toSorted((one, other) => one - other),
  );
  assert.deepEqual(asked, [
    ["ana", { from: new Date("2026-11-01T00:00:00Z"), until: new Date("2026-12-01T00:00:00Z") }],
  ]);
});

test("whatever stands in a name is text: nothing of it is markup, in the page or in Markdown", async () => {
  const { file } = stage();
  const page = await file("report.html");
  assert.doesNotMatch(page, /<script|<img|onerror=alert\(1\)>/);
  assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  const shown = await marked.parse(await file("report.md"));
  assert.doesNotMatch(shown, /<script|<img|<a |<code/);
  assert.equal(shown.split("alert(1)&lt;/script&gt;").length - 1, 2, "each name stands in its own cell, whole");
});

test("the page needs nothing from anywhere: charts are in it, for light, dark and paper", async () => {
  const links = async () => [];
  const counts = async () => [{ day: "2026-11-02", tool: "swap", outcome: "refused", code: "spend_limit", calls: 2 }];
  const page = await stage({ links, counts }).file("report.html");
  assert.doesNotMatch(page, /(?:src|href)=|url\(|@import|https?:/);
  assert.equal(page.split("<svg").length - 1, 2);
  for (const word of ["prefers-color-scheme:dark", "@media print", 'aria-label="Calls by day', "1.25", "spend_limit"])
    assert.ok(page.includes(word), word);
});

test("days without a call are in it, and a person without any gets a report that says so", async () => {
  assert.equal(daysOf("2026-02-27", "2026-03-02").length, 4);
  const nothing = async () => [];
  const { file } = stage({ counts: nothing, links: nothing, approvals: nothing, spent: nothing });
  const page = await file("report.html", { from: "2026-11-01", to: "2026-11-01" });
  assert.match(page, /No assistant called anything in these days/);
  assert.match(await file("report.md"), /No assistant is linked/);
  const figures: unknown = JSON.parse(await file("response.json", { from: "2026-10-01", to: "2026-10-31" }));
  assert.ok(typeof figures === "object" && figures && "days" in figures && Array.isArray(figures.days));
  assert.equal(figures.days.length, 31);
});

test("days that are none, in the wrong order or too many are refused in a sentence", async () => {
  const { run } = stage();
  assert.throws(() => accountReport.prepare({ from: "2026-02-30" }), { code: "invalid_input" });
  assert.throws(() => accountReport.prepare({ from: "yesterday" }), { code: "invalid_input" });
  await assert.rejects(run({ from: "2026-11-02", to: "2026-11-01" }), { code: "invalid_input" });
  await assert.rejects(run({ from: "2020-01-01", to: "2026-11-01" }), { code: "invalid_input" });
});

test("a report that was cancelled reads no further", async () => {
  const { run, stop } = stage({
    counts: async () => {
      stop.abort(new Error("cancelled"));
      return [];
    },
    links: async () => assert.fail("it went on"),
  });
  await assert.rejects(run({}), /cancelled/);
});
