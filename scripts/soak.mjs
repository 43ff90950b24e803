/**
 * `npm run soak`: the fuzz tests at their whole length; `npm test` runs a tenth of them.
 * `npm run soak -- --requests 50000 --seed 7` sends another number of requests, made from another seed.
 */
import { parseArgs } from "node:util";
import { environmentWith, run } from "./parts/child.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot } from "./parts/paths.mjs";

const { requests, seed } = parseArgs({
  options: { requests: { type: "string", default: "50000" }, seed: { type: "string" } },
}).values;
const count = Number(requests);
if (!Number.isSafeInteger(count) || count < 1) throw new Error(`--requests must be a whole number, not ${requests}.`);

const HOUR_MS = String(3_600_000);
/** Requests to /mcp cost more. */
const lengths = { "test/oauth/fuzz/fuzz.test.ts": count, "test/fuzz/mcp.test.ts": Math.ceil(count * 0.3) };

const node = requireNode24();
for (const [file, length] of Object.entries(lengths)) {
  const { ok, output } = await run(node, [inRoot("scripts", "test.mjs"), file], {
    env: {
      ...environmentWith(node),
      FUZZ_REQUESTS: String(length),
      ...(seed === undefined ? {} : { FUZZ_SEED: seed }),
      TEST_TIMEOUT_MS: HOUR_MS,
      TEST_FILE_TIMEOUT_MS: HOUR_MS,
    },
  });
  console.log(output.trim());
  if (!ok) process.exitCode = 1;
}
