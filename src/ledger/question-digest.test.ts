import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidv7 } from "../kernel/ids.ts";
import type { Operation } from "../kernel/ports/ledger.ts";
import { createSealer } from "../kernel/seal.ts";
import { digestOfQuestion, standsAsAsked } from "./question-digest.ts";
import { sealProposal } from "./stored-operation.ts";

const sealer = createSealer("a master secret of these tests alone", "operations");

test("a question stands as it was asked, whatever else its tool hands over, and not with other amounts", () => {
  const id = uuidv7(new Date());
  const operation: Operation = {
    id,
    tool: "pay",
    input: { amount: "7" },
    key: null,
    principal: {
      userId: "u",
      clientId: "c",
      clientName: "C",
      grantId: null,
      channel: "mcp",
      scopes: new Set(),
      paused: false,
    },
    requestId: "r",
  };
  const amounts = [{ asset: "COIN", amount: 7n, decimals: 0, symbol: "CN" }];
  const bounds = [{ label: "At most", value: "7", note: "of a tool's own" }];
  const proposal = { sentence: "Pays 7.", bounds, spend: { amounts, memo: "x" }, colour: "red" };
  const facts = { policyVersion: 3, expiresAt: new Date("2026-12-01T09:30:00.123Z") };
  const digest = digestOfQuestion({ operation, proposal, ...facts });
  const row = { id, proposalSealed: sealProposal(sealer, proposal, id), digest, ...facts };
  assert.equal(standsAsAsked(sealer, operation, row), true);
  const more = { ...proposal, spend: { amounts: [{ asset: "COIN", amount: 8n, decimals: 0 }] } };
  assert.equal(standsAsAsked(sealer, operation, { ...row, proposalSealed: sealProposal(sealer, more, id) }), false);
  assert.equal(standsAsAsked(sealer, { ...operation, tool: "note" }, row), false);
});
