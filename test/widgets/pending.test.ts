import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Frame } from "playwright-core";
import { answerResult } from "../../src/channels/mcp/tool-result.ts";
import { type Pending, pendingAnswer } from "../../src/kernel/pending.ts";
import { hostKinds } from "../../src/ui/emulated-host/host-kinds.ts";
import { screenshot } from "../browser.ts";
import { hosts, openStage } from "../host/stage.ts";
import { items } from "./answers.ts";

const URL_OF = "https://bellhop.example/app/approvals/01939f00-0000-7000-8000-000000000001";

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

/** As the server encodes it. */
const pendingResult = (sentence: string, more: Partial<Pending> = {}) =>
  answerResult(
    pendingAnswer(sentence, {
      kind: "approval",
      id: "01939f00-0000-7000-8000-000000000001",
      url: URL_OF,
      ask: "approval_status",
      expiresAt: inMinutes(13),
      ...more,
    }),
    "01939f00-0000-7000-8000-000000000001",
  );

const job = { kind: "job", ask: "job_status", expiresAt: null } as const;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function seriousFaults(frame: Frame, ground: string): Promise<string[]> {
  await frame.evaluate(axe);
  await frame.evaluate((colour) => (document.body.style.background = colour), ground);
  const found: { id: string; impact: string | null }[] = await frame.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  );
  return found.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id);
}

for (const [host, shown] of Object.entries(hosts))
  test(`in ${host}, every widget shows what waits for the person, and leads there through the host`, async (t) => {
    const stage = await openStage(t);
    for (const widget of ["echo", "list-view", "intent-display"])
      for (const theme of ["light", "dark"] as const) {
        const result = pendingResult("Swap 1 SOL for at least 148.20 USDC.");
        const frame = await stage.show({ ...shown, widget, result, view: { theme } });
        await frame.getByText("Waits for your approval").waitFor();
        await frame.getByText("Swap 1 SOL for at least 148.20 USDC.").waitFor();
        await frame.getByText(/There is time until \d+:\d\d/).waitFor();
        assert.equal(await frame.getByText("Do not call again").count(), 0, "what is meant for the model is not shown");
        await frame.getByRole("button", { name: "Look and decide" }).click();
        await stage.until(() => stage.opened.length > 0);
        assert.deepEqual(stage.opened.splice(0), [URL_OF]);
        assert.deepEqual(await seriousFaults(frame, hostKinds[shown.kind].background[theme]), []);
        await screenshot(stage.page, "widgets", `pending-${widget}-${host}-${theme}`);
      }
    assert.equal(stage.calls.length, 0, "a card decides nothing");
  });

test("work that goes on is said to, without a time to decide", async (t) => {
  const stage = await openStage(t);
  const frame = await stage.show({
    kind: "claude",
    widget: "echo",
    result: pendingResult("Report is under way.", job),
  });
  await frame.getByText("Still at work").waitFor();
  await frame.getByText("Report is under way.").waitFor();
  assert.equal(await frame.getByText("There is time until").count(), 0);
  await frame.getByRole("button", { name: "See how far it is" }).waitFor();
  await screenshot(stage.page, "widgets", "pending-job");
});

test("one whose time is over says so, also when it ends while it is looked at", async (t) => {
  const stage = await openStage(t, { clock: true });
  const old = await stage.show({ kind: "claude", result: pendingResult("Swap.", { expiresAt: inMinutes(-5) }) });
  await old.getByText("The time to decide is over.").waitFor();
  const frame = await stage.show({ kind: "claude", result: pendingResult("Swap.", { expiresAt: inMinutes(2) }) });
  await frame.getByText("Waits for your approval").waitFor();
  await stage.page.clock.fastForward(3 * 60_000);
  await frame.getByText("The time to decide is over.").waitFor();
});

test("a host that opens no links: the card says so and shows the address", async (t) => {
  const stage = await openStage(t);
  stage.allowLinks(false);
  const frame = await stage.show({ kind: "claude", result: pendingResult("Swap.") });
  await frame.getByRole("button", { name: "Look and decide" }).click();
  await frame.getByRole("alert").getByText(URL_OF).waitFor();
});

test("an address that is none of the web is never opened", async (t) => {
  const stage = await openStage(t);
  const frame = await stage.show({ kind: "claude", result: pendingResult("Swap.", { url: "javascript:alert(1)" }) });
  await frame.getByText("Waits for your approval").waitFor();
  assert.equal(await frame.getByRole("button").count(), 0);
});

test("a hostile sentence is shown as words", async (t) => {
  const stage = await openStage(t);
  const sentence = `<b>Pay</b> \u202e001 EUR ${"w".repeat(280)}`;
  const frame = await stage.show({ kind: "claude", result: pendingResult(sentence) });
  await frame.getByText("<b>Pay</b> 001 EUR").waitFor();
  assert.equal(
    await frame.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
    false,
  );
});

test("a button in a widget whose call waits for the person says so beside it, and it is neither done nor failed", async (t) => {
  const stage = await openStage(t);
  stage.answer(() => pendingResult("Approve the trip to Lisbon."));
  const frame = await stage.show({ kind: "claude", widget: "list-view", result: items });
  const lisbon = frame.getByRole("listitem").filter({ hasText: "Trip to Lisbon" });
  await lisbon.getByRole("button", { name: "Approve" }).click();
  await lisbon.getByRole("status").getByText("Waits for your approval").waitFor();
  assert.equal(await lisbon.getByRole("alert").count(), 0);
  await stage.settled(frame);
  await screenshot(stage.page, "widgets", "pending-in-a-row");
  await lisbon.getByRole("button", { name: "Look and decide" }).click();
  await stage.until(() => stage.opened.length > 0);
});
