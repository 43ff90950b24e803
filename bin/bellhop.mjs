#!/usr/bin/env node
/** The `bellhop` command of an installed package. */
import { fileURLToPath } from "node:url";
import { become } from "../scripts/parts/child.mjs";
import { requireNode24 } from "../scripts/parts/node-24.mjs";

const program = fileURLToPath(new URL("../dist/cli/bellhop.js", import.meta.url));
await become(requireNode24(), [program, ...process.argv.slice(2)]);
