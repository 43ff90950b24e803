import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { screenshot } from "../browser.ts";
import { hosts, openStage, type WidgetCall } from "../host/stage.ts";
import { archived, decided, failureOf, intents, items, resultOf } from "./answers.ts";

const statusAfter: Readonly<Record<string, string>> = {
  approve: "approved",
  reject: "rejected",
  archive: "archived",
  restore: "open",
};

/** The tool as the server has it, for an item that exists. */
function carryOut({ args }: WidgetCall) {
  const [itemId, action] = [String(args["itemId"]), String(args["action"])];
  return decided(itemId, action, statusAfter[action] ?? "open");
}

const ENGINEER = "01900000-0000-7000-8000-00000000000a";

for (const [name, host] of Object.entries(hosts))
  describe(`in ${name}`, () => {
    it("a person approves, rejects and archives items, and takes it back", async (t) => {
      const stage = await openStage(t);
      stage.answer(carryOut);
      const frame = await stage.show({ ...host, widget: "list-view", result: items });
      const row = (item: string) => frame.getByRole("listitem").filter({ hasText: item });
      for (const [item, verb, word] of [
        ["Trip to Lisbon", "Approve", "Approved"],
        ["Invoice 2041", "Reject", "Rejected"],
        ["Newsletter for June", "Archive", "Archived"],
      ] as const) {
        await row(item).getByRole("button", { name: verb }).click();
        await row(item).getByText(word, { exact: true }).waitFor();
        assert.equal(await row(item).getByRole("button").count(), 1, "only Undo is left");
      }
      await frame.getByText("1 for you to decide").waitFor();
      await screenshot(stage.page, "widgets", `list-view-${name}-decided`);
      await row("Trip to Lisbon").getByRole("button", { name: "Undo" }).click();
      await row("Trip to Lisbon").getByRole("button", { name: "Approve" }).waitFor();
      assert.deepEqual(
        stage.calls.map(({ name: tool, args }) => [tool, args["itemId"], args["action"]]),
        [
          ["perform-item-action", "travel-lisbon", "approve"],
          ["perform-item-action", "invoice-2041", "reject"],
          ["perform-item-action", "newsletter-june", "archive"],
          ["perform-item-action", "travel-lisbon", "restore"],
        ],
      );
    });

    it("remove-intent: removed through the host's tool call, and taken back", async (t) => {
      const stage = await openStage(t);
      stage.answer(({ args }) => archived(String(args["intentId"]), args["undo"] !== true));
      const frame = await stage.show({ ...host, widget: "intent-display", result: intents });
      await frame.getByRole("button", { name: "Remove Find a Rust engineer" }).click();
      await frame.getByText("Removed", { exact: true }).waitFor();
      await frame.getByRole("heading", { name: "2 intents" }).waitFor();
      await screenshot(stage.page, "widgets", `intent-display-${name}-removed`);
      await frame.getByRole("button", { name: "Undo Find a Rust engineer" }).click();
      await frame.getByRole("heading", { name: "3 intents" }).waitFor();
      assert.deepEqual(stage.calls, [
        { name: "archive_intent", args: { intentId: ENGINEER } },
        { name: "archive_intent", args: { intentId: ENGINEER, undo: true } },
      ]);
    });

    it("widget-error-as-success: an error is shown as an error and changes nothing", async (t) => {
      const stage = await openStage(t);
      stage.answer(() => failureOf("The item is locked by the treasurer."));
      const frame = await stage.show({ ...host, widget: "list-view", result: items });
      const row = frame.getByRole("listitem").filter({ hasText: "Trip to Lisbon" });
      await row.getByRole("button", { name: "Approve" }).click();
      await row.getByRole("alert").getByText("The item is locked by the treasurer.").waitFor();
      assert.equal(await row.getByText("Approved", { exact: true }).count(), 0);
      assert.equal(await row.getByRole("button", { name: "Reject" }).count(), 1);
      await frame.getByText("4 for you to decide").waitFor();
      await screenshot(stage.page, "widgets", `list-view-${name}-refused`);
      stage.answer(carryOut);
      await row.getByRole("button", { name: "Try again" }).click();
      await row.getByText("Approved", { exact: true }).waitFor();
      assert.equal(await row.getByRole("alert").count(), 0, "the error is gone once it has worked");
    });

    it("a host that denies the call says so, and the person can try again", async (t) => {
      const stage = await openStage(t);
      stage.answer(() => Promise.reject(new Error("The person declined this tool.")));
      const frame = await stage.show({ ...host, widget: "intent-display", result: intents });
      await frame.getByRole("button", { name: "Remove Find a Rust engineer" }).click();
      await frame.getByRole("alert").getByText("The person declined this tool.").waitFor();
      await frame.getByRole("heading", { name: "3 intents" }).waitFor();
      assert.equal(await frame.locator("[aria-busy=true]").count(), 0);
    });

    it("a link is opened by the host alone, and one that is not opened is shown", async (t) => {
      const stage = await openStage(t);
      const frame = await stage.show({ ...host, widget: "intent-display", result: intents });
      await frame.getByRole("button", { name: "Open blog.example.com" }).click();
      await stage.until(() => stage.opened.length === 1);
      assert.deepEqual(stage.opened, ["https://blog.example.com/radios?utm=1#top"]);
      assert.equal(stage.browser.pages().length, 1, "the widget opens no window itself");
    });
  });

test("an answer that proves nothing is no success, whatever it says", async (t) => {
  const stage = await openStage(t);
  const answers = [
    resultOf("Done!", { success: true }),
    resultOf("Done!", {}),
    { content: [{ type: "text", text: "Approved." }] },
    decided("invoice-2041", "approve", "approved"),
    decided("travel-lisbon", "approve", "sold"),
    { isError: true, structuredContent: { itemId: "travel-lisbon", result: { status: "approved" } } },
    "Approved.",
    {},
    null,
  ];
  for (const host of Object.values(hosts))
    for (const answer of answers) {
      stage.answer(() => answer);
      const frame = await stage.show({ ...host, widget: "list-view", result: items });
      const row = frame.getByRole("listitem").filter({ hasText: "Trip to Lisbon" });
      await row.getByRole("button", { name: "Approve" }).click();
      await row.getByRole("alert").waitFor();
      assert.equal(await row.getByText("Approved", { exact: true }).count(), 0, JSON.stringify(answer));
      assert.equal(await frame.locator("[aria-busy=true]").count(), 0);
    }
});

test("while a call runs, a second press does nothing, and other rows can be used", async (t) => {
  const stage = await openStage(t);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  stage.answer((call) => (call.args["itemId"] === "travel-lisbon" ? promise : carryOut(call)));
  const frame = await stage.show({ kind: "mcp-apps", widget: "list-view", result: items });
  const row = frame.getByRole("listitem").filter({ hasText: "Trip to Lisbon" });
  const approve = row.getByRole("button", { name: "Approve" });
  await approve.click();
  await row.locator("[aria-busy=true]").waitFor();
  await approve.click({ force: true });
  await row.getByRole("button", { name: "Reject" }).click({ force: true });
  await frame.getByRole("button", { name: "Approve Invoice 2041" }).click();
  await frame
    .getByRole("listitem")
    .filter({ hasText: "Invoice 2041" })
    .getByText("Approved", { exact: true })
    .waitFor();
  assert.deepEqual(
    stage.calls.map(({ args }) => args["itemId"]),
    ["travel-lisbon", "invoice-2041"],
  );
  resolve(decided("travel-lisbon", "approve", "approved"));
  await row.getByText("Approved", { exact: true }).waitFor();
});

test("by keyboard alone: the focus stays with the row, and what happened is said", async (t) => {
  const stage = await openStage(t);
  stage.answer(carryOut);
  const frame = await stage.show({ kind: "claude", widget: "list-view", result: items });
  await frame.getByRole("button", { name: "Reject Trip to Lisbon" }).focus();
  await stage.page.keyboard.press("Enter");
  await frame.getByRole("status").getByText("travel-lisbon is now rejected.").waitFor({ state: "attached" });
  await frame.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Undo Trip to Lisbon");
  await stage.page.keyboard.press("Enter");
  await frame.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Approve Trip to Lisbon");
});

test("the assistant learns what was done, without being asked to answer", async (t) => {
  const stage = await openStage(t);
  stage.answer(carryOut);
  const frame = await stage.show({ kind: "claude", widget: "list-view", result: items });
  for (const name of ["Approve Trip to Lisbon", "Reject Invoice 2041"]) {
    await frame.getByRole("button", { name }).click();
    await frame.getByRole("button", { name }).waitFor({ state: "detached" });
  }
  const told = (await stage.messages())
    .map(({ message }) => JSON.stringify(message))
    .filter((text) => text.includes("ui/update-model-context"));
  assert.match(
    told.at(-1) ?? "",
    /card:.*travel-lisbon is now approved.*invoice-2041 is now rejected/,
    "the last word replaces all before it",
  );
});

test("a link that the host does not open is shown, so that the person can go there", async (t) => {
  const stage = await openStage(t);
  stage.allowLinks(false);
  for (const kind of ["claude", "mcp-apps"] as const) {
    const frame = await stage.show({ kind, widget: "intent-display", result: intents });
    await frame.getByRole("button", { name: "Open blog.example.com" }).click();
    await frame.getByRole("alert").getByText("https://blog.example.com/radios?utm=1#top").waitFor();
  }
});
