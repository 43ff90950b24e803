import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "playwright-core";
import type { HostKind } from "../../src/ui/emulated-host/host-kinds.ts";
import { screenshot } from "../browser.ts";
import { openStage } from "../host/stage.ts";
import { decided, failureOf, resultOf } from "./answers.ts";

/** Text that would do harm, or only look like something else, if it were ever more than text. */
const hostile: Readonly<Record<string, string>> = {
  html: `<img src=x onerror="window.harmed=1"><script>window.harmed=1</script><b>bold</b>`,
  closing: `</script></style></title><svg onload="window.harmed=1">`,
  markdown: "[click](javascript:window.harmed=1) ![x](https://evil.example/x.png) **bold**",
  attribute: `" onmouseover="window.harmed=1" x="`,
  rightToLeft: "Refund \u202Egnihton yap\u202C \u2066now\u2069 \u200F\u200B",
  arabic: "طلب شراء ستة كراسي لغرفة الاجتماعات",
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈🇨🇭 ".repeat(40),
  zalgo: `Z${"\u0300\u0316\u0335".repeat(300)}`,
  controls: "bell\u0007 null\u0001 escape\u001B[31m line\u2028break",
  oneWord: "W".repeat(100_000),
  long: "a long way to say nothing ".repeat(4000),
  template: "{{nonce}} ${window.harmed=1} <%= 1 %>",
};

/** Everything in one host; in the others, what their bridges could get wrong. */
const textsFor = (kind: HostKind) =>
  Object.entries(hostile).filter(([name]) => kind === "claude" || ["html", "closing", "template"].includes(name));

const isSafe = (frame: Frame) =>
  frame.evaluate(() => ({
    harmed: "harmed" in window,
    foreign: document.querySelectorAll("#root :is(script, img, svg, a, iframe, b, style, object, embed)").length,
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  }));

const safe = { harmed: false, foreign: 0, wide: false };

for (const kind of ["chatgpt", "claude", "mcp-apps"] as const)
  test(`hostile text in every field is drawn as text in ${kind}`, async (t) => {
    const stage = await openStage(t);
    stage.answer(() => failureOf(hostile["html"] ?? ""));
    for (const [name, text] of textsFor(kind)) {
      const list = await stage.show({
        kind,
        widget: "list-view",
        toolInput: { filter: text },
        result: resultOf(text, {
          items: [
            {
              id: text,
              title: text,
              description: text,
              actionable: true,
              metadata: { status: "open", note: text },
              [text]: text,
            },
          ],
          [text]: text,
        }),
      });
      await list.getByRole("listitem").waitFor();
      assert.deepEqual(await isSafe(list), safe, `list-view, ${name}`);
      assert.ok((await stage.frameHeight()) <= 500);

      const intents = await stage.show({
        kind,
        widget: "intent-display",
        result: resultOf(text, {
          intents: [
            {
              id: text,
              payload: text,
              summary: text,
              quote: text,
              sourceType: "link",
              sourceValue: text,
              createdAt: text,
            },
          ],
          suggestions: [{ quote: text }],
          rejected: [{ payload: text, reason: text }],
          truncated: [{ section: text, from: -5, to: Number.MAX_SAFE_INTEGER }],
        }),
      });
      await intents.getByRole("listitem").first().waitFor();
      for (const summary of await intents.locator("summary").all()) await summary.click();
      assert.equal(await intents.getByRole("button", { name: /^Open/ }).count(), 0, "no address, no link");
      assert.deepEqual(await isSafe(intents), safe, `intent-display, ${name}`);
      if (kind === "claude") await screenshot(stage.page, "widgets", `hostile-${name}`);

      for (const result of [resultOf(text, { text }), resultOf(text, {}), failureOf(text)]) {
        const echo = await stage.show({ kind, widget: "echo", result });
        await echo.locator(".own-words").waitFor();
        assert.deepEqual(await isSafe(echo), safe, `echo, ${name}`);
      }
    }
    assert.deepEqual(stage.opened, []);
  });

test("text that turns its own direction does not turn what stands beside it", async (t) => {
  const stage = await openStage(t);
  const show = (title: string) =>
    stage.show({
      kind: "claude",
      widget: "list-view",
      result: resultOf("", { items: [{ id: "1", title, metadata: { status: "approved" } }] }),
    });
  const placesOf = (frame: Frame) =>
    frame.evaluate(() => {
      const left = (selector: string) =>
        Math.round(document.querySelector(selector)?.getBoundingClientRect().left ?? -1);
      return [
        left(".tag"),
        left("button"),
        document.querySelector(".tag")?.textContent,
        document.querySelector("button")?.textContent,
      ];
    });
  const usual = await placesOf(await show("Refund the booking"));
  assert.deepEqual(await placesOf(await show("Refund \u202Ethe booking")), usual);
  const arabic = await show(hostile["arabic"] ?? "");
  assert.deepEqual(await placesOf(arabic), usual);
  assert.equal(await arabic.locator(".own-words").evaluate((one) => getComputedStyle(one).direction), "rtl");
});

test("addresses that are not of the web are no links, and one that is shows where it leads", async (t) => {
  const stage = await openStage(t);
  const addresses = [
    "javascript:window.harmed=1",
    " JaVaScRiPt:alert(1)",
    "data:text/html,<script>parent.harmed=1</script>",
    "file:///etc/passwd",
    "//evil.example",
    "https://bank.example@evil.example/login",
    "https://bаnk.example/",
  ];
  const intents = addresses.map((sourceValue, index) => ({
    id: String(index),
    payload: `Intent ${index}`,
    sourceType: "link",
    sourceValue,
  }));
  const frame = await stage.show({ kind: "claude", widget: "intent-display", result: resultOf("", { intents }) });
  await frame.getByRole("listitem").first().waitFor();
  assert.deepEqual(await frame.getByRole("button", { name: /^Open/ }).allTextContents(), [
    "Open evil.example",
    "Open xn--bnk-6cd.example",
  ]);
});

test("fields that are missing, more, or of another kind: what can be shown is shown, and the rest is counted", async (t) => {
  const stage = await openStage(t);
  const list = await stage.show({
    kind: "mcp-apps",
    widget: "list-view",
    result: resultOf("", {
      items: [
        { id: "bare", title: "Only a title" },
        { id: "more", title: "With more", price: 7, metadata: { status: "archived", by: { deep: [1] } } },
        { id: "odd", title: "Odd", metadata: { status: "sold" } },
        { id: 7, title: "A number for an id" },
        { title: "No id" },
        {},
        { id: "bare", title: "The same id again" },
      ],
      total: 7,
    }),
  });
  await list.getByText("Only a title").waitFor();
  assert.equal(await list.getByRole("listitem").count(), 2);
  await list.getByText("5 came in a form that this card cannot show.").waitFor();

  for (const structuredContent of [{ items: "none" }, { items: [7] }, { items: null }, {}, { intents: {} }]) {
    for (const widget of ["list-view", "intent-display"]) {
      const frame = await stage.show({
        kind: "mcp-apps",
        widget,
        result: resultOf("In words: nothing.", structuredContent),
      });
      await frame.getByText("In words: nothing.").waitFor();
    }
  }
  const empty = await stage.show({ kind: "mcp-apps", widget: "intent-display", result: resultOf("", { intents: [] }) });
  await empty.getByText("No intent was found.").waitFor();
});

test("a list without end is shown in part, quickly", async (t) => {
  const stage = await openStage(t);
  const items = Array.from({ length: 5000 }, (_, index) => ({ id: String(index), title: `Item ${index}` }));
  const frame = await stage.show({ kind: "chatgpt", widget: "list-view", result: resultOf("", { items }) });
  await frame.getByText("4900 more are not shown here.").waitFor({ state: "attached" });
  assert.equal(await frame.getByRole("listitem").count(), 100);
});

test("a tool's hostile words about a success are said as text too", async (t) => {
  const stage = await openStage(t);
  stage.answer(() => ({ ...decided("1", "approve", "approved"), content: [{ type: "text", text: hostile["html"] }] }));
  const frame = await stage.show({
    kind: "claude",
    widget: "list-view",
    result: resultOf("", { items: [{ id: "1", title: "One" }] }),
  });
  await frame.getByRole("button", { name: "Approve One" }).click();
  await frame.getByText("Approved", { exact: true }).waitFor();
  assert.deepEqual(await isSafe(frame), safe);
});
