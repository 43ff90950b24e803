import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../bellhop.ts";
import { openBrowser } from "../browser.ts";
import { bundle, serveHost, widgetPage } from "../host/stage.ts";
import type { Noted } from "../host/judge-page.ts";
import { archived, intents } from "./answers.ts";

test("ext-apps' own bridge, which we did not write, finds nothing wrong with how a widget speaks", async (t) => {
  const { hostUrl, sandboxUrl } = await serveHost(t, await bundle(import.meta.resolve("../host/judge-page.ts")));
  const page = await (await openBrowser(t)).newPage();
  await page.goto(hostUrl);
  await page.waitForFunction(() => "judge" in window);
  const ENGINEER = "01900000-0000-7000-8000-00000000000a";
  await page.evaluate((scene) => window.judge.show(scene), {
    html: widgetPage("intent-display"),
    sandboxUrl,
    result: intents,
    answer: archived(ENGINEER, true),
  });
  const frame = await until("the widget's frame", () => page.frames().find((one) => one.parentFrame()?.parentFrame()));
  await frame.getByRole("heading", { name: "3 intents" }).waitFor();
  await frame.getByRole("button", { name: "Open blog.example.com" }).click();
  await frame.getByRole("button", { name: "Remove Find a Rust engineer" }).click();
  await frame.getByRole("heading", { name: "2 intents" }).waitFor();
  await frame.getByRole("button", { name: "Show all" }).click();
  await page.evaluate(() => window.judge.darken());
  await frame.waitForFunction(() => document.documentElement.style.colorScheme === "dark");
  assert.deepEqual(await page.evaluate(() => window.judge.end()), {});

  const notes = await page.evaluate(() => window.judge.notes);
  const facts = (kind: Noted["kind"]) => notes.filter((one) => one.kind === kind).map((one) => one.fact);
  assert.deepEqual(facts("error"), []);
  assert.deepEqual(facts("initialized"), [
    {
      app: { name: "Intents", version: "1.0.0" },
      capabilities: { availableDisplayModes: ["inline", "fullscreen"] },
    },
  ]);
  assert.deepEqual(facts("link"), ["https://blog.example.com/radios?utm=1#top"]);
  assert.deepEqual(facts("call"), [{ name: "archive_intent", arguments: { intentId: ENGINEER } }]);
  assert.deepEqual(facts("mode"), ["fullscreen"]);
  assert.equal(facts("context").length, 1);
  assert.ok(facts("size").length > 0);
});
