import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pendingIn, toolAnswerOf } from "./tool-answer.ts";

const data = { intents: [{ id: "1" }] };
const content = [{ type: "text", text: "One intent." }];
const failure = { content: [{ type: "text", text: "Too long." }], isError: true, _meta: { "bellhop/receiptId": "r" } };

describe("a tool's answer is read wherever a host puts it", () => {
  it("as a whole result", () => {
    const meta = { "bellhop/receiptId": "r" };
    assert.deepEqual(toolAnswerOf({ content, structuredContent: data, _meta: meta }), {
      failed: false,
      data,
      text: "One intent.",
      meta,
    });
  });

  it("as a result in a result, by whichever name", () => {
    for (const name of ["result", "mcp_tool_result", "call_tool_result"])
      assert.deepEqual(toolAnswerOf({ [name]: { structuredContent: data } })?.data, data, name);
  });

  it("flattened to its structured part", () => {
    assert.deepEqual(toolAnswerOf(data)?.data, data);
  });

  it("beside an empty output, in the metadata", () => {
    for (const output of [null, undefined])
      assert.deepEqual(toolAnswerOf(output, { mcp_tool_result: { structuredContent: data } })?.data, data);
    assert.deepEqual(toolAnswerOf(null, { structuredContent: data })?.data, data);
  });

  it("as words, or as JSON in words", () => {
    assert.deepEqual(toolAnswerOf("Nothing."), { failed: false, data: null, text: "Nothing.", meta: {} });
    assert.deepEqual(toolAnswerOf({ result: "Nothing." })?.text, "Nothing.");
    assert.deepEqual(toolAnswerOf({ result: JSON.stringify(data) })?.data, data);
    assert.deepEqual(toolAnswerOf({ content })?.text, "One intent.");
  });

  it("without taking a member named result of the structured part for a result", () => {
    const decision = { itemId: "1", result: { status: "approved" } };
    assert.deepEqual(toolAnswerOf(decision)?.data, decision);
  });
});

describe("widget-error-as-success: a failed call is never read as a result", () => {
  it("it is a failure with the tool's reason, wrapped or not", () => {
    for (const output of [failure, { result: failure }, { mcp_tool_result: failure }]) {
      const answer = toolAnswerOf(output);
      assert.equal(answer?.failed, true);
      assert.equal(answer?.text, "Too long.");
    }
  });

  it("it is known by its metadata alone, where a host hands out nothing else", () => {
    const marked = { "bellhop/error": { code: "conflict" } };
    assert.equal(toolAnswerOf(null, marked)?.failed, true);
    assert.equal(toolAnswerOf({ itemId: "1" }, marked)?.failed, true);
    assert.equal(toolAnswerOf({ content, _meta: marked })?.failed, true);
  });
});

it("the reason of an error is read from the metadata where the text was left behind, and is only text", () => {
  const marked = (message: unknown) => ({ "bellhop/error": { code: "conflict", message } });
  assert.equal(toolAnswerOf(null, marked("Too long."))?.text, "Too long.");
  assert.equal(toolAnswerOf({ itemId: "1" }, marked("Too long."))?.text, "Too long.");
  assert.equal(toolAnswerOf(failure, marked("Another."))?.text, "Too long.", "the text itself goes first");
  for (const odd of [undefined, null, 7, {}, ["x"]]) assert.equal(toolAnswerOf(null, marked(odd))?.text, "");
});

it("nothing is no answer", () => {
  for (const output of [undefined, null, 7, true, []]) assert.equal(toolAnswerOf(output), null);
  assert.equal(toolAnswerOf(null, { "bellhop/receiptId": "r" }), null);
});

it("what is wrapped without end is not searched without end", () => {
  let nested: unknown = { structuredContent: data };
  for (let depth = 0; depth < 100_000; depth += 1) nested = { result: nested };
  assert.equal(toolAnswerOf(nested)?.text, "");
});

describe("an answer that is not done yet", () => {
  const pending = {
    kind: "approval",
    id: "1",
    url: "https://bellhop.example/app/approvals/1",
    ask: "approval_status",
    expiresAt: "2026-11-30T18:00:00.000Z",
    sentence: "Delete two items.",
  };
  const waits = (structuredContent: unknown, more = {}) =>
    pendingIn(toolAnswerOf({ content, structuredContent, ...more }) ?? { failed: false, data: null });

  it("says what it waits for, whichever tool gave it", () => {
    assert.deepEqual(waits({ pending }), pending);
    const { sentence: _sentence, ...bare } = { ...pending, kind: "job", ask: "job_status", expiresAt: null };
    assert.deepEqual(waits({ pending: bare }), bare);
  });

  it("is not one that failed, or that has another form", () => {
    assert.equal(waits({ pending }, { isError: true }), null);
    for (const other of [{ pending: true }, { pending: { ...pending, kind: "gift" } }, { pending: { id: "1" } }, data])
      assert.equal(waits(other), null);
  });
});
