import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The package: where its package.json lies. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** The version in package.json. */
export const version = (): string =>
  /"version": "([^"]+)"/.exec(readFileSync(join(ROOT, "package.json"), "utf8"))?.[1] ?? "0.0.0";
