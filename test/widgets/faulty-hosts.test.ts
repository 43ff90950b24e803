import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import type { Frame } from "playwright-core";
import type { HostMessage } from "../../src/ui/emulated-host/hosted-widget.ts";
import { hosts, openStage, type Stage, widgetPage } from "../host/stage.ts";
import { decided, echoed, failureOf, items, resultOf } from "./answers.ts";

const never = new Promise<never>(() => undefined);

/** Longer than a widget waits. */
const PATIENCE_MS = 31_000;

const lisbon = (frame: Frame) => frame.getByRole("listitem").filter({ hasText: "Trip to Lisbon" });

/** The id of the newest tool call that the widget made in JSON-RPC. */
async function newestCall(stage: Stage): Promise<unknown> {
  const calls = (await stage.messages()).filter(({ message }) => JSON.stringify(message).includes('"tools/call"'));
  const last: unknown = calls.at(-1)?.message;
  return typeof last === "object" && last !== null && "id" in last ? last.id : undefined;
}

/** True for the message in which a host hands the answer over. */
const isAnswer = ({ message }: HostMessage): boolean =>
  /"method":"ui\/notifications\/tool-result"|"toolOutput":/.test(JSON.stringify(message));

for (const [name, host] of Object.entries(hosts))
  describe(`a host like ${name}`, () => {
    it("that never answers a call: the card says so, and the person can try again", async (t) => {
      const stage = await openStage(t, { clock: true });
      stage.answer(() => never);
      const frame = await stage.show({ ...host, widget: "list-view", result: items });
      await lisbon(frame).getByRole("button", { name: "Approve" }).click();
      await lisbon(frame).locator("[aria-busy=true]").waitFor();
      await stage.page.clock.fastForward(PATIENCE_MS);
      await lisbon(frame).getByRole("alert").getByText("It may have happened all the same.").waitFor();
      assert.equal(await frame.locator("[aria-busy=true]").count(), 0);
      stage.answer(() => decided("travel-lisbon", "approve", "approved"));
      await lisbon(frame).getByRole("button", { name: "Try again" }).click();
      await lisbon(frame).getByText("Approved", { exact: true }).waitFor();
    });

    it("that answers when nobody waits any more: the answer still counts", async (t) => {
      const stage = await openStage(t, { clock: true });
      const { promise, resolve } = Promise.withResolvers<unknown>();
      stage.answer(() => promise);
      const frame = await stage.show({ ...host, widget: "list-view", result: items });
      await lisbon(frame).getByRole("button", { name: "Approve" }).click();
      await lisbon(frame).locator("[aria-busy=true]").waitFor();
      await stage.page.clock.fastForward(PATIENCE_MS);
      await lisbon(frame).getByRole("alert").waitFor();
      resolve(decided("travel-lisbon", "approve", "approved"));
      await lisbon(frame).getByText("Approved", { exact: true }).waitFor();
      assert.equal(await lisbon(frame).getByRole("alert").count(), 0);
    });

    it("that never brings the answer: the card says that it may not come, and shows it if it does", async (t) => {
      const stage = await openStage(t, { clock: true });
      const frame = await stage.show({ ...host, widget: "echo" });
      await stage.page.clock.fastForward(PATIENCE_MS);
      await frame.getByText("No answer has come yet.").waitFor();
      await stage.sendResult(echoed);
      await frame.getByText("someone who listens").waitFor();
    });

    it("that has the answer, and another look, while the page still loads: neither is lost", async (t) => {
      const stage = await openStage(t);
      const whileLoading = { toolResult: echoed, view: { theme: "dark", locale: "ar" } } as const;
      const frame = await stage.show({ ...host, widget: "echo", whileLoading });
      await frame.getByText("someone who listens").waitFor();
      await frame.waitForSelector('html[lang="ar"][style*="color-scheme: dark"]');
      const handedOver = (await stage.messages()).filter(isAnswer).map(({ bridge }) => bridge);
      assert.deepEqual(handedOver, [...new Set(handedOver)], "and each bridge tells it once");
    });

    it("that brings two answers: the newer one is shown, and what was done stays done", async (t) => {
      const stage = await openStage(t);
      stage.answer(() => decided("travel-lisbon", "approve", "approved"));
      const frame = await stage.show({ ...host, widget: "list-view", result: items });
      await lisbon(frame).getByRole("button", { name: "Approve" }).click();
      await lisbon(frame).getByText("Approved", { exact: true }).waitFor();
      await stage.sendResult(items);
      await stage.sendResult(
        resultOf("One item.", { items: [{ id: "travel-lisbon", title: "Trip to Lisbon, again" }] }),
      );
      await frame.getByText("Trip to Lisbon, again").waitFor();
      await frame.getByRole("heading", { name: "1 item" }).waitFor();
      await lisbon(frame).getByText("Approved", { exact: true }).waitFor();
    });
  });

test("a call that is answered twice counts once", async (t) => {
  const stage = await openStage(t);
  stage.answer(() => failureOf("The first answer."));
  const frame = await stage.show({ kind: "mcp-apps", widget: "list-view", result: items });
  await lisbon(frame).getByRole("button", { name: "Approve" }).click();
  await lisbon(frame).getByText("The first answer.").waitFor();
  const second = {
    jsonrpc: "2.0",
    id: await newestCall(stage),
    result: decided("travel-lisbon", "approve", "approved"),
  };
  await stage.post(second);
  await stage.post({ jsonrpc: "2.0", id: "nobody asked", result: {} });
  await stage.post({ jsonrpc: "2.0", id: null, error: { code: -32_000, message: "?" } });
  // Whatever the widget made of those, it has done so once it has answered this.
  await stage.post({ jsonrpc: "2.0", id: "ping", method: "ping" });
  await stage.untilSaid(/"id":"ping","result":\{\}/);
  await lisbon(frame).getByText("The first answer.").waitFor();
  assert.equal(await lisbon(frame).getByText("Approved", { exact: true }).count(), 0);
});

test("a call that is cancelled says so, and one that was answered is not cancelled any more", async (t) => {
  const stage = await openStage(t);
  const waiting = await stage.show({ kind: "claude", widget: "echo" });
  await stage.cancel("user action");
  await waiting.getByText("The call was cancelled.").waitFor();
  await stage.sendResult(echoed);
  await waiting.getByText("someone who listens").waitFor();
  await stage.cancel("too late");
  await stage.post({ jsonrpc: "2.0", id: "ping", method: "ping" });
  await stage.untilSaid(/"id":"ping","result":\{\}/);
  await waiting.getByText("someone who listens").waitFor();
});

test("a call that was cancelled before its widget was there is not waited for, unless an answer comes after all", async (t) => {
  const stage = await openStage(t);
  for (const kind of ["claude", "mcp-apps", "chatgpt"] as const) {
    const frame = await stage.show({ kind, widget: "echo", cancelled: "The call was stopped." });
    await frame.getByText("The call was cancelled.").waitFor();
    const told = (await stage.messages()).filter(({ message }) => /tool-cancelled/.test(JSON.stringify(message)));
    assert.equal(told.length, 1);
    await stage.sendResult(echoed);
    await frame.getByText("someone who listens").waitFor();
  }
});

test("messages in no known form are passed over, and unknown requests are refused as such", async (t) => {
  const stage = await openStage(t);
  const errors: string[] = [];
  stage.page.on("pageerror", (error) => errors.push(error.message));
  const frame = await stage.show({ kind: "mcp-apps", widget: "echo", result: echoed });
  const strange = [
    null,
    "text",
    7,
    [],
    {},
    { jsonrpc: "1.0", method: "ping", id: 1 },
    { jsonrpc: "2.0" },
    { jsonrpc: "2.0", method: 7 },
    { jsonrpc: "2.0", method: "ui/notifications/tool-result", params: null },
    { jsonrpc: "2.0", method: "ui/notifications/tool-result", params: "text" },
    {
      jsonrpc: "2.0",
      method: "ui/notifications/host-context-changed",
      params: {
        theme: 7,
        styles: { variables: { "--x": 1, color: "red" } },
        locale: "no locale!",
        displayMode: "hologram",
        containerDimensions: { maxHeight: -5 },
        safeAreaInsets: { top: "much" },
      },
    },
    { jsonrpc: "2.0", method: "constructor", params: {} },
    { jsonrpc: "2.0", method: "__proto__", id: 1 },
  ];
  for (const message of strange) await stage.post(message);
  await stage.post({ jsonrpc: "2.0", id: "x", method: "ui/unheard-of" });
  await stage.untilSaid(/"id":"x","error":\{"code":-32601/);
  await frame.getByText("someone who listens").waitFor();
  assert.deepEqual(errors, []);
});

test("the host that goes away is told that nothing is left to save", async (t) => {
  const stage = await openStage(t);
  await stage.show({ kind: "claude", widget: "echo", result: echoed });
  await stage.teardown();
  await stage.untilSaid(/"id":"teardown","result":\{\}/);
  assert.equal(await stage.page.locator("iframe").count(), 0);
});

test("a widget opened by itself says where it belongs", async (t) => {
  const stage = await openStage(t);
  const page = await stage.browser.newPage();
  await page.setContent(widgetPage("list-view"));
  await page.getByText("This card shows an answer inside an assistant.").waitFor();
});
