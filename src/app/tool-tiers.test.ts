import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { ConfigError, parseConfig } from "../config/config.ts";
import { defineTool, defineToolset } from "../kernel/tool.ts";
import { withToolTiers } from "./tool-tiers.ts";

const facts = {
  title: "A tool",
  description: "Does nothing.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  examples: [],
  input: z.object({}),
  output: z.object({}),
  run: async () => ({ text: "Done.", data: {} }),
} as const;
const toolset = defineToolset({
  name: "test",
  title: "Test",
  tools: [
    defineTool<object>({ ...facts, name: "open", audience: "assistant" }),
    defineTool<object>({ ...facts, name: "sold", audience: "assistant", tier: "pro" }),
    defineTool<object>({ ...facts, name: "own", audience: "person" }),
  ],
  ports: () => ({}),
});
const settings = (environment: Record<string, string>) => parseConfig(environment).config.plans;
const tiersOf = (demanded: string) =>
  withToolTiers([toolset], settings({ BELLHOP_TOOL_TIERS: demanded })).flatMap(({ tools }) =>
    tools.map(({ name, tier }) => [name, tier]),
  );

test("an operator demands a tier without touching code, and what they say wins", () => {
  assert.deepEqual(tiersOf("open=pro,sold=free"), [
    ["open", "pro"],
    ["sold", "free"],
    ["own", undefined],
  ]);
});

test("a tool that is none stops the start with a sentence, in whichever setting it is named", () => {
  const perDay = settings({ BELLHOP_TIERS: '[{"name":"free","title":"Free","perDay":{"opne":3}}]' });
  const demanded = settings({ BELLHOP_TOOL_TIERS: "opne=pro" });
  for (const [plans, setting] of [
    [perDay, "BELLHOP_TIERS"],
    [demanded, "BELLHOP_TOOL_TIERS"],
  ] as const)
    assert.throws(
      () => withToolTiers([toolset], plans),
      (error) => error instanceof ConfigError && error.message.includes(`${setting} names opne, which is no tool here`),
    );
});

test("what is a person's own, such as deleting their account, cannot be sold", () => {
  assert.throws(() => tiersOf("own=pro"), /names own, which is a person's own/);
});
