import assert from "node:assert/strict";
import { test } from "node:test";
import { factsText } from "./chain.ts";
import { canonicalJson } from "./json.ts";
import type { Receipt } from "./receipt.ts";

const receipt: Receipt = {
  id: "0197f1de-0000-7000-8000-000000000001",
  userId: "0197f1de-0000-7000-8000-000000000002",
  clientId: 'https://client.example/"quoted"',
  clientName: "Zoë's \u2028 assistant \ud83d\udece",
  grantId: null,
  channel: "mcp",
  tool: "echo",
  effect: "read",
  argsDigest: "d",
  outcome: "refused",
  code: "rate_limited",
  startedAt: new Date("2026-11-30T12:00:00.123Z"),
  latencyMs: 7,
  requestId: "r",
};

test("the text of a receipt's facts is canonical, whatever they are", () => {
  for (const kind of ["call", "intent", "outcome", "evidence", "anchor"] as const)
    for (const facts of [
      receipt,
      { ...receipt, wallet: "0xabc" },
      { ...receipt, grantId: receipt.id, doubted: true },
    ]) {
      const text = factsText(facts, kind);
      assert.equal(text, canonicalJson(JSON.parse(text)), kind);
      assert.equal("wallet" in JSON.parse(text), "wallet" in facts, kind);
    }
});
