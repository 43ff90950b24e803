import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  SECRET_KEY,
  SITE_KEY,
  type TurnstileService,
  startTurnstile,
} from "../../../test/upstream/turnstile-service.ts";
import { AppError, type ErrorCode } from "../../kernel/errors.ts";
import type { HumanCheck } from "../../kernel/ports/human-check.ts";
import { createTurnstile } from "./turnstile.ts";

const HOST = "bellhop.example.com";

/** Ample for an answer that comes. */
const TIMEOUT_MS = 10_000;
/** Where none comes: nothing is gained by waiting for it. */
const SHORT_TIMEOUT_MS = 300;

const at = (service: TurnstileService, changes: { secretKey?: string; timeoutMs?: number } = {}): HumanCheck =>
  createTurnstile({
    siteKey: SITE_KEY,
    secretKey: SECRET_KEY,
    origin: service.url,
    hostname: HOST,
    timeoutMs: TIMEOUT_MS,
    ...changes,
  });

const codeOf = (work: Promise<unknown>): Promise<ErrorCode> =>
  work.then(
    () => assert.fail("passed"),
    (error: unknown) => (error instanceof AppError ? error.code : assert.fail(inspect(error))),
  );

test("a proof from our page, for what was asked, passes once", async (t) => {
  const service = await startTurnstile(t);
  const proof = service.proof(HOST, "sign-in-code");
  await at(service).verify(proof, "sign-in-code");
  assert.equal(await codeOf(at(service).verify(proof, "sign-in-code")), "human_check_failed");
});

test("a proof of another page, for something else, or none at all, does not pass", async (t) => {
  const service = await startTurnstile(t);
  const wrong = [
    service.proof("evil.example", "sign-in-code"),
    service.proof(HOST, "comment"),
    "made-up",
    "",
    undefined,
  ];
  for (const proof of wrong)
    assert.equal(await codeOf(at(service).verify(proof, "sign-in-code")), "human_check_failed");
  assert.equal(service.asked, 3);
  assert.equal(await codeOf(at(service).verify("a".repeat(2049), "sign-in-code")), "human_check_failed");
  assert.equal(service.asked, 3, "what cannot be a proof is not sent");
});

test("when the service cannot be asked, nobody passes", async (t) => {
  const service = await startTurnstile(t);
  for (const answer of [
    { status: 500, body: "{}" },
    { status: 200, body: "<html>" },
    { status: 200, body: '{"success":"true"}' },
    { status: 200, body: "null" },
    "hang",
  ] as const) {
    service.answer = answer;
    const check = at(service, { timeoutMs: answer === "hang" ? SHORT_TIMEOUT_MS : TIMEOUT_MS });
    const code = await codeOf(check.verify(service.proof(HOST, "sign-in-code"), "sign-in-code"));
    assert.equal(code, "unavailable", inspect(answer));
  }
  service.answer = { status: 200, body: '{"success":true}' };
  assert.equal(await codeOf(at(service).verify("x", "sign-in-code")), "human_check_failed");
});

test("a wrong secret of ours is no verdict on the person, and lets nobody pass", async (t) => {
  const service = await startTurnstile(t);
  const proof = service.proof(HOST, "sign-in-code");
  assert.equal(await codeOf(at(service, { secretKey: "wrong" }).verify(proof, "sign-in-code")), "unavailable");
});

test("the page is told where the script is, and nothing secret", async (t) => {
  const { page } = at(await startTurnstile(t));
  assert.equal(page.siteKey, SITE_KEY);
  assert.match(page.scriptUrl, /^http:\/\/localhost:\d+\/turnstile\/v0\/api\.js\?render=explicit$/);
});
