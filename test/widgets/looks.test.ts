import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Frame } from "playwright-core";
import { hostKinds } from "../../src/ui/emulated-host/host-kinds.ts";
import { screenshot } from "../browser.ts";
import { hosts, openStage, type Stage } from "../host/stage.ts";
import { echoed, failureOf, intents, items } from "./answers.ts";

const answers = {
  echo: { answer: echoed, text: "someone who listens" },
  "list-view": { answer: items, text: "Order of six chairs" },
  "intent-display": { answer: intents, text: "Two desks in Kreuzberg" },
} as const;

const sizes = { desk: { width: 1000, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** What ChatGPT's older bridge changes is not how a widget looks. */
const themesFor = (host: string) => (host === "older-chatgpt" ? (["light"] as const) : (["light", "dark"] as const));

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds serious or worse in a widget's page, with the host's ground behind it, which axe cannot see. */
async function seriousFaults(frame: Frame, ground: string): Promise<string[]> {
  await frame.evaluate(axe);
  await frame.evaluate((colour) => (document.body.style.background = colour), ground);
  const found: { id: string; impact: string | null }[] = await frame.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  );
  return found.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id);
}

/** Errors and refusals that the browser reports, from any frame. */
function complaintsOf(stage: Stage): string[] {
  const complaints: string[] = [];
  stage.page.on("pageerror", (error) => complaints.push(error.message));
  stage.page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  return complaints;
}

for (const [host, shown] of Object.entries(hosts)) {
  const { kind } = shown;

  test(`every widget in ${host}: both themes, desk and phone, no more than 500 px, nothing serious for axe`, async (t) => {
    const stage = await openStage(t);
    const complaints = complaintsOf(stage);
    for (const [widget, { answer, text }] of Object.entries(answers))
      for (const theme of themesFor(host))
        for (const [size, viewport] of Object.entries(sizes)) {
          const name = `${widget}-${host}-${theme}-${size}`;
          await stage.page.setViewportSize(viewport);
          const frame = await stage.show({ ...shown, widget, result: answer, view: { theme } });
          await frame.getByText(text).waitFor();
          await stage.settled(frame);
          assert.ok((await stage.frameHeight()) <= 500, `${name} is ${await stage.frameHeight()} px high`);
          assert.equal(await frame.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgba(0, 0, 0, 0)");
          assert.equal(
            await frame.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
            false,
            `${name} is too wide`,
          );
          await screenshot(stage.page, "widgets", name);
          assert.deepEqual(await seriousFaults(frame, hostKinds[kind].background[theme]), [], name);
        }
    assert.deepEqual(complaints, []);
  });

  test(`a widget in ${host} that waits, was refused, or is in a form that nobody knows`, async (t) => {
    const stage = await openStage(t);
    const waiting = await stage.show({ ...shown, widget: "list-view" });
    await waiting.getByText("Waiting for the answer").waitFor({ state: "attached" });
    await screenshot(stage.page, "widgets", `waiting-${host}`);
    const failed = await stage.show({
      ...shown,
      widget: "list-view",
      result: failureOf("The list is closed on Sundays."),
    });
    await failed.getByRole("alert").getByText("This did not work.").waitFor();
    await screenshot(stage.page, "widgets", `failed-${host}`);
    const strange = await stage.show({ ...shown, widget: "list-view", result: { structuredContent: { things: [] } } });
    await strange.getByText("a form that this card does not know").waitFor();
  });
}

test("a theme, a language and a display mode that change are followed", async (t) => {
  const stage = await openStage(t);
  for (const [host, shown] of Object.entries(hosts)) {
    const frame = await stage.show({ ...shown, widget: "intent-display", result: intents });
    const inkOf = () => frame.evaluate(() => getComputedStyle(document.body).color);
    await frame.getByText("7,323 characters").waitFor();
    const light = await inkOf();
    await stage.update({ theme: "dark", locale: "de-DE" });
    await frame.getByText("7.323 characters").waitFor();
    assert.notEqual(await inkOf(), light);
    await stage.update({ displayMode: "fullscreen" });
    await frame.waitForFunction(() => document.documentElement.dataset["mode"] === "fullscreen");
    await screenshot(stage.page, "widgets", `fullscreen-${host}`);
  }
});

test("a widget says in which language its host speaks, and is laid out as that is written", async (t) => {
  const stage = await openStage(t);
  for (const [host, shown] of Object.entries(hosts)) {
    const frame = await stage.show({ ...shown, widget: "list-view", result: items, view: { locale: "ar-EG" } });
    const root = () => frame.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
    await frame.getByText("Trip to Lisbon").waitFor();
    assert.deepEqual(await root(), ["ar-EG", "rtl"]);
    await stage.settled(frame);
    await screenshot(stage.page, "widgets", `from-the-right-${host}`);
    await stage.update({ locale: "pt-BR" });
    await frame.waitForFunction(() => document.documentElement.dir === "ltr");
    assert.deepEqual(await root(), ["pt-BR", "ltr"]);
    await stage.update({ locale: "no language" });
    assert.deepEqual(await root(), ["pt-BR", "ltr"]);
  }
});

test("what is higher than its place can be read by keyboard, and opened large where the host can", async (t) => {
  const stage = await openStage(t);
  for (const [host, shown] of Object.entries(hosts)) {
    const frame = await stage.show({ ...shown, widget: "intent-display", result: intents, view: { maxHeight: 240 } });
    await stage.settled(frame);
    assert.equal(await stage.frameHeight(), 240);
    assert.equal(await frame.getByRole("main").getAttribute("tabindex"), "0");
    const grow = frame.getByRole("button", { name: "Show all" });
    assert.equal(await grow.count(), host === "mcp-apps" ? 0 : 1);
    if (host === "mcp-apps") continue;
    await grow.click();
    await frame.waitForFunction(() => document.documentElement.dataset["mode"] === "fullscreen");
    await grow.waitFor({ state: "detached" });
  }
});

test("a widget follows the room that its content takes", async (t) => {
  const stage = await openStage(t);
  for (const shown of Object.values(hosts)) {
    const frame = await stage.show({ ...shown, widget: "intent-display", result: intents });
    await stage.settled(frame);
    const before = await stage.frameHeight();
    await frame.getByText("4 sentences may hold more").click();
    await frame.getByText("Maybe a second printer.").waitFor();
    await stage.settled(frame);
    assert.ok((await stage.frameHeight()) > before);
  }
});
