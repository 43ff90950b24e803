import assert from "node:assert/strict";
import { test } from "node:test";
import { emulatedTool, pageUriOf } from "./emulated-tool.ts";

const listed = (_meta: Readonly<Record<string, unknown>> | undefined, annotations = {}) =>
  emulatedTool({ name: "echo", title: undefined, description: undefined, inputSchema: {}, annotations, _meta });

test("each kind of host shows the page that it knows", () => {
  const both = listed({ ui: { resourceUri: "ui://new" }, "openai/outputTemplate": "ui://old" });
  assert.equal(pageUriOf(both, "claude", true), "ui://new");
  assert.equal(pageUriOf(both, "mcp-apps", false), "ui://new");
  assert.equal(pageUriOf(both, "chatgpt", false), "ui://new");
  assert.equal(pageUriOf(both, "chatgpt", true), "ui://old");
  const old = listed({ "openai/outputTemplate": "ui://old" });
  assert.equal(pageUriOf(old, "claude", false), null);
  assert.equal(pageUriOf(old, "chatgpt", false), "ui://old");
  assert.equal(pageUriOf(listed(undefined), "chatgpt", true), null);
});

test("a widget may call what is offered to it", () => {
  assert.equal(listed({}).widgetsMayCall("claude"), true);
  assert.equal(listed({ ui: { visibility: ["model"] } }).widgetsMayCall("claude"), false);
  assert.equal(
    listed({ ui: { visibility: ["app"] }, "openai/widgetAccessible": false }).widgetsMayCall("chatgpt"),
    true,
  );
  assert.equal(listed({ "openai/widgetAccessible": false }).widgetsMayCall("chatgpt"), false);
  assert.equal(listed({ "openai/widgetAccessible": false }).widgetsMayCall("claude"), true);
});

test("what a tool does is told by its own hints, and the worst is thought of one that has none", () => {
  assert.equal(listed({}, { readOnlyHint: true }).effect, "Reads only");
  assert.equal(listed({}, { readOnlyHint: false, destructiveHint: false }).effect, "Changes data");
  assert.equal(listed({}).effect, "May overwrite data");
});

test("names and labels are there, whatever the tool leaves out", () => {
  const bare = listed(undefined);
  assert.deepEqual([bare.title, bare.description, bare.examples], ["echo", "", []]);
  assert.deepEqual(bare.labels, { invoking: "Calling echo...", invoked: "Called echo" });
  assert.deepEqual(listed({ "bellhop/examples": ["Echo hello"] }).examples, ["Echo hello"]);
  assert.deepEqual(listed({ "bellhop/examples": "no list" }).examples, []);
});
