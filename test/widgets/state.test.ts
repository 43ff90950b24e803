import assert from "node:assert/strict";
import { test } from "node:test";
import { openStage } from "../host/stage.ts";
import { archived, decided, intents, items, resultOf } from "./answers.ts";

test("in ChatGPT, what was done is still done when the conversation is opened again", async (t) => {
  const stage = await openStage(t);
  stage.answer(() => decided("travel-lisbon", "approve", "approved"));
  for (const mimeType of ["text/html;profile=mcp-app", "text/html+skybridge"]) {
    const first = await stage.show({ kind: "chatgpt", mimeType, widget: "list-view", result: items });
    await first.getByRole("button", { name: "Approve Trip to Lisbon" }).click();
    await first.getByRole("button", { name: "Undo Trip to Lisbon" }).waitFor();
    await stage.until(() => stage.states.length > 0);
    const widgetState = stage.states.at(-1);
    assert.deepEqual(widgetState, { decisions: [{ itemId: "travel-lisbon", status: "approved" }] });
    const again = await stage.show({ kind: "chatgpt", mimeType, widget: "list-view", result: items, widgetState });
    await again.getByRole("button", { name: "Undo Trip to Lisbon" }).waitFor();
    await again.getByText("3 for you to decide").waitFor();
    stage.states.length = 0;
  }
});

test("in a host of MCP Apps whose sandbox has storage, too, each answer for itself", async (t) => {
  const stage = await openStage(t, { sandboxStorage: true });
  stage.answer(({ args }) => archived(String(args["intentId"]), true));
  const first = await stage.show({ kind: "claude", widget: "intent-display", result: intents });
  await first.getByRole("button", { name: "Remove Two desks" }).click();
  await first.getByRole("heading", { name: "2 intents" }).waitFor();
  const again = await stage.show({ kind: "claude", widget: "intent-display", result: intents });
  await again.getByRole("heading", { name: "2 intents" }).waitFor();
  const other = { ...intents, _meta: { "bellhop/receiptId": "another call" } };
  const another = await stage.show({ kind: "claude", widget: "intent-display", result: other });
  await another.getByRole("heading", { name: "3 intents" }).waitFor();
  const nameless = await stage.show({ kind: "claude", widget: "intent-display", result: { ...intents, _meta: {} } });
  await nameless.getByRole("heading", { name: "3 intents" }).waitFor();
});

test("in a sandbox without storage, it lasts as long as the card", async (t) => {
  const stage = await openStage(t);
  stage.answer(() => decided("travel-lisbon", "approve", "approved"));
  const frame = await stage.show({ kind: "mcp-apps", widget: "list-view", result: items });
  await frame.getByRole("button", { name: "Approve Trip to Lisbon" }).click();
  await frame.getByRole("button", { name: "Undo Trip to Lisbon" }).waitFor();
  await stage.sendResult(items);
  await frame.getByRole("button", { name: "Undo Trip to Lisbon" }).waitFor();
});

test("a kept state in another form is not believed", async (t) => {
  const stage = await openStage(t);
  const states = [
    "text",
    7,
    [],
    {},
    { decisions: "all" },
    { decisions: [{ itemId: "travel-lisbon", status: "sold" }] },
    { decisions: [{ itemId: 7, status: "approved" }] },
    { removed: ["travel-lisbon"] },
  ];
  for (const widgetState of states) {
    const frame = await stage.show({ kind: "chatgpt", widget: "list-view", result: items, widgetState });
    await frame.getByText("4 for you to decide").waitFor();
  }
});

test("a decision about an item that is not in the answer changes nothing", async (t) => {
  const stage = await openStage(t);
  const widgetState = { decisions: [{ itemId: "__proto__", status: "approved" }] };
  const result = resultOf("", { items: [{ id: "constructor", title: "One" }] });
  const frame = await stage.show({ kind: "chatgpt", widget: "list-view", result, widgetState });
  await frame.getByText("1 for you to decide").waitFor();
});
