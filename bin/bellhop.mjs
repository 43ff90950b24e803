#!/usr/bin/env node
/** The `bellhop` command of an installed package; in a copy of the repository, `npx bellhop` once it is built. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { become } from "../scripts/parts/child.mjs";
import { requireNode24 } from "../scripts/parts/node-24.mjs";

const program = fileURLToPath(new URL("../dist/cli/bellhop.js", import.meta.url));
if (existsSync(program)) await become(requireNode24(), [program, ...process.argv.slice(2)]);
else {
  console.error(
    "Bellhop is not built here. Run `npm run build` once, or use `npm start -- COMMAND`, which builds first.",
  );
  process.exitCode = 1;
}
