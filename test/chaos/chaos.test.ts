import assert from "node:assert/strict";
import { test } from "node:test";
import { engines } from "../database.ts";
import { chaos } from "./rounds.ts";

/** Rounds on both databases together; `npm run chaos` and `npm run soak` run more. */
const ROUNDS = Number(process.env["CHAOS_ROUNDS"] ?? 20);
const SEED = Number(process.env["CHAOS_SEED"] ?? 20261130);
/** A round takes some seconds, and more where other tests run beside it. */
const LONGEST_MS = 60_000 + ROUNDS * 15_000;

for (const [index, engine] of engines.entries()) {
  const rounds = Math.floor((ROUNDS + 1 - index) / engines.length);
  test(
    `${rounds} times killed at any moment: nothing is lost, nothing happens twice, nothing is stuck (${engine})`,
    { timeout: LONGEST_MS },
    async (t) => {
      const findings = await chaos(t, { engine, rounds, seed: SEED, log: (line) => t.diagnostic(line) });
      assert.deepEqual(findings, []);
    },
  );
}
