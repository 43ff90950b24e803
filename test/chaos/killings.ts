import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Engine } from "../database.ts";
import { chaos } from "./rounds.ts";

/** Rounds on both databases together; `npm run chaos` and `npm run soak` run more. */
const ROUNDS = Number(process.env["CHAOS_ROUNDS"] ?? 20);
const SEED = Number(process.env["CHAOS_SEED"] ?? 20261130);

/** A round takes some seconds, and more where other tests run beside it. */
export const longest = { timeout: 60_000 + ROUNDS * 15_000 };

/** Half of the rounds, on one database: each has to add up. */
export async function killings(t: TestContext, engine: Engine): Promise<void> {
  const rounds = engine === "pglite" ? Math.ceil(ROUNDS / 2) : Math.floor(ROUNDS / 2);
  const findings = await chaos(t, { engine, rounds, seed: SEED, log: (line) => t.diagnostic(line) });
  assert.deepEqual(findings, []);
}
