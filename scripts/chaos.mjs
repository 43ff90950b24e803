/**
 * `npm run chaos -- --rounds 200 --seed 7`: kills servers at random moments of a seed, on both databases, and looks whether
 * anything that was acknowledged is lost, happened twice or never ends. The last line says it, and so does the exit status.
 */
import { become, environmentWith } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot } from "./parts/paths.mjs";
import { startPostgres } from "./parts/private-postgres.mjs";
import { ensureTestNeeds, findPostgres } from "./parts/test-needs.mjs";

await ensureInstalled();
const node = requireNode24();
await ensureTestNeeds();
const given = process.env["TEST_POSTGRES_URL"];
const bin = findPostgres();
const postgres = given || !bin ? undefined : await startPostgres(bin);
try {
  const env = { ...environmentWith(node), TEST_POSTGRES_URL: given ?? postgres?.url };
  await become(node, [inRoot("test", "chaos", "main.ts"), ...process.argv.slice(2)], { env });
} finally {
  await postgres?.stop();
}
