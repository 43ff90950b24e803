/** `node scripts/create-oauth-client.mjs chatgpt`: the published spelling of `npm start -- client create chatgpt`. Any Node ≥ 20 runs this file. */
import { ensureBuilt } from "./parts/build.mjs";
import { become } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot } from "./parts/paths.mjs";

await ensureInstalled();
const node = requireNode24();
await ensureBuilt(node, ["server"]);
await become(node, [inRoot("dist", "cli", "bellhop.js"), "client", "create", ...process.argv.slice(2)]);
