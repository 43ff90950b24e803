import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { defineTool, defineToolset } from "../../src/kernel/tool.ts";
import { openSurfaces } from "./surfaces.ts";

const PLANS = "https://shop.example/plans";

const empty = z.object({});

/** A tool of a bundle that no tier has. */
const unsold = defineTool({
  name: "unsold",
  title: "Unsold",
  description: "Use this for what nobody can buy.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  bundle: "nowhere",
  audience: "assistant",
  examples: [],
  input: empty,
  output: empty,
  run: async () => ({ text: "Nobody reads this.", data: {} }),
});

const refusal = z.looseObject({ error: z.string(), error_description: z.string(), next: z.string() });

/*
 * Over MCP a refusal of a tool is a tool's result, which the model reads (MCP server/tools, Error Handling): the status is
 * 200, and the code stands in the text and in `_meta`. On the person's own pages it is the status of the code.
 */
test("what a person may not call is refused on every surface, with its code and what to do next", async (t) => {
  const { surfaces, page } = await openSurfaces(t, {
    settings: { BELLHOP_TOOL_TIERS: "archive_intent=pro,echo=pro", BELLHOP_UPGRADE_URL: PLANS },
    toolsets: [defineToolset({ name: "shop", title: "Shop", tools: [unsold], ports: () => ({}) })],
  });

  for (const { name, call } of surfaces) {
    await t.test(`${name}: a tool of a higher tier, with the link to it`, async () => {
      const { status, text, error } = await call("echo", { text: "locked" });
      assert.equal(status, 200);
      assert.deepEqual([error?.["code"], error?.["tier"], error?.["upgradeUrl"]], ["upgrade_required", "pro", PLANS]);
      assert.ok(text.includes(`Offer the person this link, where they can change their plan: ${PLANS}`), text);
    });

    await t.test(`${name}: a tool that is not sold, and one that is the person's own`, async () => {
      const notSold = await call("unsold", {});
      assert.deepEqual([notSold.status, notSold.error?.["code"]], [200, "tool_not_allowed"]);
      assert.match(notSold.text, /Unsold is in no plan that is sold here\. .*ask whoever runs this server/);
      const own = await call("pause_everything", {});
      assert.deepEqual([own.status, own.error?.["code"]], [200, "tool_not_allowed"]);
      assert.match(own.text, /cannot be used from here/);
    });
  }

  await t.test("the person's own page: 403, with the same code and link", async () => {
    const response = await page("DELETE", "/api/intents/01a1fc43-b919-71dd-97d7-e1d239aff8fa");
    const body = refusal.parse(await response.json());
    assert.deepEqual(
      [response.status, body.error, body["tier"], body["upgradeUrl"]],
      [403, "upgrade_required", "pro", PLANS],
    );
    assert.match(body.error_description, /needs Pro; you have Free\./);
    assert.ok(body.next.endsWith(PLANS));
  });

  await t.test("each of them leaves a receipt", async () => {
    const codesOf = async (tool: string): Promise<string[]> => {
      const response = await page("GET", `/receipts?tool=${tool}&outcome=refused`);
      const { receipts } = z.object({ receipts: z.array(z.object({ code: z.string() })) }).parse(await response.json());
      return receipts.map(({ code }) => code);
    };
    const everywhere = (code: string): string[] => surfaces.map(() => code);
    assert.deepEqual(await codesOf("echo"), everywhere("upgrade_required"));
    assert.deepEqual(await codesOf("unsold"), everywhere("tool_not_allowed"));
    assert.deepEqual(await codesOf("pause_everything"), everywhere("tool_not_allowed"));
    assert.deepEqual(await codesOf("archive_intent"), ["upgrade_required"]);
  });
});
