import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { until } from "../bellhop.ts";
import { grantOf, intentOf, receiptOf } from "./samples.ts";
import { type Visit, visit } from "./stage.ts";

const otherGrant = grantOf({
  id: "01939f00-0000-7000-8000-000000000002",
  clientName: "ChatGPT",
  channel: "chatgpt",
  redirectHost: "chatgpt.com",
  lastUsedAt: null,
});

/** A person for whom a few things have happened, signed in. */
export async function signedIn(t: TestContext, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(t, options);
  const { world } = visited;
  world.person = "ada@example.com";
  world.grants = [grantOf(), otherGrant];
  world.receipts = [
    receiptOf(0),
    receiptOf(1, { tool: "get-items", effect: "read", outcome: "refused", code: "insufficient_scope" }),
    receiptOf(2, { tool: "swap_execute", effect: "money", outcome: "open", clientName: "ChatGPT", channel: "chatgpt" }),
    receiptOf(3, { tool: "perform-item-action", outcome: "failed", code: "timeout", latencyMs: 25_004 }),
    receiptOf(4, { tool: "revoke_grant", clientName: "Console", channel: "web" }),
    ...Array.from({ length: 55 }, (_, index) => receiptOf(206 + 20 * index)),
  ];
  world.intents = [
    intentOf(0),
    intentOf(1, {
      payload: "I offer a desk in a quiet workshop in Delft.",
      summary: null,
      engine: "rules",
      section: "rawText",
      context: { before: "The workshop has room again. ", quote: "I offer a desk in it.", after: "" },
    }),
    intentOf(2, { payload: "I want to learn to build a violin.", summary: "Learn violin making" }),
  ];
  return visited;
}

/** Keeps a picture of the window alone, for what lies over the page or along its edges. */
export const pictureOf = (page: Page, name: string) =>
  page.screenshot({ path: join(import.meta.dirname, "..", "..", "test-output", "console", `${name}.png`) });

/** What the focus is on, as it is read out: its label, or its words. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    const label = activeElement?.getAttribute("aria-label");
    return (label ?? activeElement?.textContent ?? "").trim();
  });

/**
 * Waits until the focus is where it belongs: a dialog that closes gives it back a moment later.
 * @throws what has the focus instead.
 */
export async function focusReaches(page: Page, words: string | RegExp, why = "the focus is where it belongs") {
  const isThere = (text: string): boolean => (typeof words === "string" ? text === words : words.test(text));
  await until(why, async () => (isThere(await focused(page)) ? true : undefined)).catch(async () => {
    assert.fail(`${why}: ${String(words)} was expected, and it is on ${(await focused(page)).slice(0, 200)}`);
  });
}

/** Goes on by Tab until the focus is on something with these words, as a person without a mouse does. */
export async function tabTo(page: Page, words: string | RegExp, atMost = 40): Promise<void> {
  const passed: string[] = [];
  const isThere = (text: string): boolean => (typeof words === "string" ? text === words : words.test(text));
  while (!isThere(passed.at(-1) ?? "")) {
    assert.ok(passed.length < atMost, `${String(words)} was not reached: ${passed.join(" | ")}`);
    await page.keyboard.press("Tab");
    passed.push(await focused(page));
  }
}
