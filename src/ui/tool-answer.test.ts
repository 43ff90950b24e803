import assert from "node:assert/strict";
import { test } from "node:test";
import { toolAnswerOf } from "./tool-answer.ts";

const data = { intents: [{ id: "1" }] };
const content = [{ type: "text", text: "One intent." }];

test("the same answer is read wherever a host puts it", () => {
  for (const output of [
    data,
    { structuredContent: data },
    { structuredContent: data, content },
    { result: { structuredContent: data, content } },
  ]) {
    assert.deepEqual(toolAnswerOf(output)?.data, data);
    assert.equal(toolAnswerOf(output)?.failed, false);
  }
});

test("widget-error-as-success: a failed call is never read as a result", () => {
  for (const output of [
    { isError: true, content },
    { isError: true, structuredContent: data, content },
    { result: { isError: true, content } },
  ]) {
    assert.equal(toolAnswerOf(output)?.failed, true);
    assert.equal(toolAnswerOf(output)?.text, "One intent.");
  }
});

test("an answer in words alone keeps its words", () => {
  assert.deepEqual(toolAnswerOf({ content }), { failed: false, data: null, text: "One intent." });
  assert.deepEqual(toolAnswerOf("One intent."), { failed: false, data: null, text: "One intent." });
});

test("no answer yet is no answer", () => {
  for (const output of [null, undefined, [], 7]) assert.equal(toolAnswerOf(output), null);
});
