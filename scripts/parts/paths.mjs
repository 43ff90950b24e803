import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The directory of package.json. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A path inside the repository. */
export const inRoot = (/** @type {readonly string[]} */ ...parts) => join(root, ...parts);
