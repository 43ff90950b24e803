/** `node scripts/run.mjs FILE ...`: runs a program of this repository, TypeScript or JavaScript, with Node 24. */
import { become, environmentWith } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";

await ensureInstalled();
const node = requireNode24();
await become(node, process.argv.slice(2), { env: environmentWith(node) });
