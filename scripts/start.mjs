/** `npm start`: installs and builds what is missing, then runs the server. Any Node ≥ 20 runs this file. */
import { ensureBuilt } from "./parts/build.mjs";
import { become } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot } from "./parts/paths.mjs";

const args = process.argv.slice(2);
await ensureInstalled();
const node = requireNode24();
// Help needs no build: Node 24 runs the TypeScript as it is.
const wantsHelp = args.includes("--help") || args.includes("-h");
if (!wantsHelp) await ensureBuilt(node);
const program = wantsHelp ? inRoot("src", "cli", "bellhop.ts") : inRoot("dist", "cli", "bellhop.js");
await become(node, ["--env-file-if-exists=.env", program, "start", ...args]);
