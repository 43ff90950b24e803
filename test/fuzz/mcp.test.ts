import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { startBellhop } from "../bellhop.ts";
import { linkWithPrivy, privyApp } from "../clients/raw-link.ts";

/** How many requests; the long run sets more. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 1500);

const names = [
  "echo",
  "get-items",
  "perform-item-action",
  "extract_intent",
  "archive_intent",
  "revoke_grant",
  "__proto__",
  "constructor",
];
const methods = [
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/read",
  "server/discover",
  "initialize",
  "ping",
  "prompts/list",
  "notifications/initialized",
  "prompts/get",
];

const awkward = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "\0",
    "\ud800",
    "\u202e",
    "javascript:alert(1)",
    "' or 1=1 --",
    "../../etc/passwd",
    "𝒳".repeat(50),
  ),
  fc.jsonValue({ maxDepth: 4 }),
  fc.double(),
  fc.constant(null),
);
const members = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      "text",
      "fullInputText",
      "itemId",
      "action",
      "filter",
      "intentId",
      "undo",
      "candidateIntents",
      "__proto__",
    ),
    fc.string({ maxLength: 12 }),
  ),
  awkward,
  { maxKeys: 6 },
);
const params = fc.oneof(
  fc.record(
    { name: fc.oneof(fc.constantFrom(...names), awkward), arguments: fc.oneof(members, awkward) },
    { requiredKeys: [] },
  ),
  fc.record({ uri: awkward }),
  awkward,
);
const message = fc.record(
  {
    jsonrpc: fc.oneof(fc.constant("2.0"), awkward),
    id: fc.oneof(fc.integer(), awkward),
    method: fc.oneof(fc.constantFrom(...methods), awkward),
    params,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  { weight: 6, arbitrary: message.map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: fc.array(message, { maxLength: 4 }).map((many) => JSON.stringify(many)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
);
const version = fc.constantFrom("2025-06-18", "2025-11-25", "2026-07-28", "1999-01-01", "");

test(`${REQUESTS} mutated requests to /mcp: no 5xx, no crash, no hang`, async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    // Past its limit a call is refused before it is looked at, and nothing would be tried.
    environment: {
      PRIVY_APP_ID: app.appId,
      PRIVY_VERIFICATION_KEY: app.verificationKey,
      BELLHOP_CALLS_PER_MINUTE: "0",
    },
  });
  const { access_token } = await linkWithPrivy(bellhop.url, app);
  const send = async (text: string, protocol: string): Promise<void> => {
    const response = await fetch(bellhop.mcpUrl, {
      method: "POST",
      headers: {
        authorization: `Bearer ${access_token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(protocol ? { "mcp-protocol-version": protocol } : {}),
      },
      body: text,
      signal: AbortSignal.timeout(10_000),
    });
    const answer = await response.text();
    assert.ok(response.status < 500, `${response.status} for ${text}`);
    // Malformed params of a method that the SDK itself answers (initialize) get -32603 with the schema's issues from it.
    assert.doesNotMatch(
      answer.replaceAll(/-32603,"message":"\[\\n/g, ""),
      /-32603|"internal"|\bat file:/,
      `for ${text}`,
    );
  };
  await fc.assert(fc.asyncProperty(body, version, send), {
    seed: Number(process.env["FUZZ_SEED"] ?? 20261121),
    numRuns: REQUESTS,
    interruptAfterTimeLimit: Math.max(240_000, 40 * REQUESTS),
    markInterruptAsFailure: true,
  });
  assert.equal((await fetch(`${bellhop.url}/health`)).status, 200);
});
