import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptStep, LinkStep } from "../contract.ts";
import { failureOf, standing, timeline } from "./step-words.ts";

const entry = (step: LinkStep, code: string | null = null): AttemptStep => ({
  step,
  outcome: code === null ? "ok" : "failed",
  code,
  reason: null,
  fix: null,
  count: 1,
  at: "2026-11-21T09:00:00.000Z",
  requestId: null,
});

test("an attempt says where it stands", () => {
  assert.equal(standing({ state: "working", steps: [entry("first_call")] }), "Linked and in use");
  assert.equal(standing({ state: "linked", steps: [entry("token")] }), "Linked, not used yet");
  assert.equal(standing({ state: "open", steps: [entry("authorize")] }), "Stopped at: Opened the page that asks");
  assert.equal(
    standing({ state: "failed", steps: [entry("consent"), entry("token", "invalid_grant")] }),
    "Failed at: Fetched its tokens",
  );
  assert.equal(standing({ state: "failed", steps: [entry("consent", "access_denied")] }), "Declined");
  assert.equal(standing({ state: "open", steps: [] }), "Stopped at: Looked at this server");
});

test("only an attempt that failed has a failure, the last one", () => {
  const steps = [entry("sign_in", "invalid_code"), entry("sign_in"), entry("token", "invalid_grant")];
  assert.equal(failureOf({ state: "failed", steps })?.code, "invalid_grant");
  assert.equal(failureOf({ state: "working", steps }), undefined);
});

test("the timeline shows what was reached in order, and what is still to come", () => {
  const { reached, open } = timeline({ state: "failed", steps: [entry("token", "invalid_grant"), entry("authorize")] });
  assert.deepEqual(
    reached.map(({ step }) => step),
    ["authorize", "token"],
  );
  assert.deepEqual(
    open.map(({ step }) => step),
    ["first_call"],
  );
});
