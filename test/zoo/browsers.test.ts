import { test } from "node:test";
import { personAtBrowser } from "./browser-person.ts";
import { animalOf } from "./host-animal.ts";
import * as hosts from "./hosts.ts";
import { liveThrough } from "./life.ts";
import { startStage } from "./stage.ts";

test("hosts whose person sits in front of a real browser", async (t) => {
  const { bellhop, documents } = await startStage(t);
  await t.test("ChatGPT", async (inner) => {
    const person = await personAtBrowser(inner, bellhop, "ana@example.com");
    const animal = await animalOf(bellhop.mcpUrl, await hosts.chatGpt(documents));
    await liveThrough(inner, person, animal, { channel: "chatgpt", host: /^chatgpt\.com$/ });
  });
  await t.test("Claude", async (inner) => {
    const person = await personAtBrowser(inner, bellhop, "bo@example.com");
    const animal = await animalOf(bellhop.mcpUrl, await hosts.claude(documents));
    await liveThrough(inner, person, animal, { channel: "claude", host: /^claude\.ai$/ });
  });
});
