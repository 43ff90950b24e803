/** `npm start`: installs and builds what is missing, then runs `bellhop` (which starts the server when no command is named). Any Node ≥ 20 runs this file. */
import { ensureBuilt } from "./parts/build.mjs";
import { become } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot } from "./parts/paths.mjs";

const args = process.argv.slice(2);
await ensureInstalled();
const node = requireNode24();
// Help needs no build: Node 24 runs the TypeScript as it is.
const wantsHelp = args.some((word) => ["--help", "-h", "help"].includes(word));
if (!wantsHelp) await ensureBuilt(node);
await become(node, [inRoot(...(wantsHelp ? ["src", "cli", "bellhop.ts"] : ["dist", "cli", "bellhop.js"])), ...args]);
