/** `npm run build`: what a published package carries in dist/. */
import { ensureBuilt } from "./parts/build.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";

await ensureInstalled();
await ensureBuilt(requireNode24());
