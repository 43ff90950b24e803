import assert from "node:assert/strict";
import { test } from "node:test";
import { preparedData } from "../bellhop.ts";
import { privyApp } from "../clients/raw-link.ts";
import { runConformance } from "./conformance.ts";
import { notYet } from "./not-yet.ts";
import { startServer } from "./server.ts";

test("the official suite: what applies passes in both eras, and what does not apply yet is listed", async () => {
  const lines: string[] = [];
  const passed = await runConformance((line) => lines.push(line));
  assert.ok(passed, lines.join("\n"));
  const ofAuthorization = lines.filter((line) => /^\S+ +\S+ +authorization-/.test(line));
  assert.equal(ofAuthorization.length, 4, "two scenarios in each era");
  for (const line of ofAuthorization) assert.match(line, /^passed .*authorization-\S+$/, "without even a warning");
  assert.match(
    lines.at(-1) ?? "",
    /^conformance: [1-9]\d* passed, 0 failed, \d+ not applicable yet \(listed in test\/conformance\/not-yet\.ts\)$/,
  );
});

test("no check of an authorization server is excused", () => {
  const excused = Object.values(notYet).flatMap((scenarios) => Object.keys(scenarios));
  assert.deepEqual(
    excused.filter((scenario) => scenario.startsWith("authorization-")),
    [],
  );
});

test("the server that the suite meets has its authentication on", async (t) => {
  const app = await startServer(await preparedData(t), await privyApp());
  try {
    const answer = await fetch(app.mcpUrl, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    assert.equal(answer.status, 401);
  } finally {
    await app.close();
  }
});
