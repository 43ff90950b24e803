/**
 * `npm run soak`: the long tests at their whole length, of which `npm test` runs a tenth: mutated requests, servers that are
 * killed, and load.
 * `npm run soak -- --requests 50000 --rounds 200 --minutes 5 --seed 7` sets how many, how long, and from which seed.
 */
import { parseArgs } from "node:util";
import { environmentWith, run } from "./parts/child.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot } from "./parts/paths.mjs";

const { seed, ...amounts } = parseArgs({
  options: {
    requests: { type: "string", default: "50000" },
    rounds: { type: "string", default: "200" },
    minutes: { type: "string", default: "5" },
    seed: { type: "string" },
  },
}).values;

function countOf(/** @type {keyof typeof amounts} */ name) {
  const count = Number(amounts[name]);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`--${name} must be a whole number, not ${amounts[name]}.`);
  return count;
}
const [requests, rounds, minutes] = [countOf("requests"), countOf("rounds"), countOf("minutes")];

const HOUR_MS = String(3_600_000);

/**
 * Each file, and what tells it how long it is to go on. Requests to /mcp cost more.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
const lengths = {
  "test/oauth/fuzz/fuzz.test.ts": { FUZZ_REQUESTS: String(requests) },
  "test/fuzz/mcp.test.ts": { FUZZ_REQUESTS: String(Math.ceil(requests * 0.3)) },
  "test/chaos/chaos-pglite.test.ts": { CHAOS_ROUNDS: String(rounds) },
  "test/chaos/chaos-postgres.test.ts": { CHAOS_ROUNDS: String(rounds) },
  "test/load/load.test.ts": { LOAD_SECONDS: String(minutes * 60) },
};

const node = requireNode24();
for (const [file, length] of Object.entries(lengths)) {
  const { ok, output } = await run(node, [inRoot("scripts", "test.mjs"), file], {
    env: {
      ...environmentWith(node),
      ...length,
      ...(seed === undefined ? {} : { FUZZ_SEED: seed, CHAOS_SEED: seed }),
      TEST_TIMEOUT_MS: HOUR_MS,
      TEST_FILE_TIMEOUT_MS: HOUR_MS,
    },
  });
  console.log(output.trim());
  if (!ok) process.exitCode = 1;
}
