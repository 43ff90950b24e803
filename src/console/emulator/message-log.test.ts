import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonText, jsonView } from "./json-view.ts";
import { createMessageLog } from "./message-log.ts";
import { createWidgetRecorder } from "./widget-recorder.ts";

const entry = { from: "host", to: "server", title: "tools/list", note: "", message: {} } as const;

test("messages stay in order, the oldest go when there are too many, and who listens is told", () => {
  let time = 0;
  let told = 0;
  const log = createMessageLog(() => (time += 1));
  const stop = log.subscribe(() => (told += 1));
  for (let count = 0; count < 450; count += 1) log.record(entry);
  assert.equal(log.entries().length, 400);
  assert.deepEqual([log.entries().at(0)?.id, log.entries().at(-1)?.id, log.entries().at(-1)?.at], [51, 450, 450]);
  assert.equal(log.entries(), log.entries(), "the same list until something changes");
  assert.equal(told, 450);
  stop();
  log.clear();
  assert.deepEqual(log.entries(), []);
  assert.equal(told, 450);
});

test("an answer between host and widget is named after what it answers, on either bridge", () => {
  const log = createMessageLog(() => 0);
  const record = createWidgetRecorder(log);
  const said: Parameters<typeof record>[0][] = [
    {
      from: "widget",
      bridge: "mcp-apps",
      message: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo" } },
    },
    {
      from: "host",
      bridge: "mcp-apps",
      message: { jsonrpc: "2.0", id: 1, method: "ui/resource-teardown", params: {} },
    },
    { from: "host", bridge: "mcp-apps", message: { jsonrpc: "2.0", id: 1, result: {} } },
    { from: "widget", bridge: "mcp-apps", message: { jsonrpc: "2.0", id: 1, error: { code: 1, message: "no" } } },
    { from: "widget", bridge: "openai", message: { openai: { id: 1, method: "callTool", params: { name: "echo" } } } },
    { from: "host", bridge: "openai", message: { openai: { id: 1, result: {} } } },
    { from: "host", bridge: "openai", message: { openai: { globals: {} } } },
    { from: "widget", bridge: "openai", message: "hello" },
  ];
  for (const message of said) record(message);
  assert.deepEqual(
    log.entries().map(({ title, note }) => `${title} ${note}`.trim()),
    [
      "tools/call echo",
      "ui/resource-teardown",
      "answer to tools/call echo",
      "answer to ui/resource-teardown error",
      "openai.callTool echo",
      "answer to openai.callTool echo",
      "openai:set_globals",
      "message",
    ],
  );
});

test("a message is shown short and with nothing hidden, and copied whole", () => {
  const message = { long: "x".repeat(50_000), tricky: "a\u202eb\u200bc", html: "<script>" };
  const view = jsonView(message);
  assert.ok(view.length < 3000);
  assert.match(view, /… 48,000 more characters/);
  assert.match(view, /a\\u202eb\\u200bc/);
  assert.match(view, /<script>/);
  assert.deepEqual(JSON.parse(jsonText(message)), message);
  assert.match(jsonView(Array.from({ length: 20_000 }, () => "word")), /… [\d,]+ more characters$/);
  assert.equal(jsonView(undefined), "null");
});
