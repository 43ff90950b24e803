/**
 * Keeps out of the repository what belongs to one machine: hosts of package registries, and paths of whoever wrote it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { inRoot, root } from "./parts/paths.mjs";

const escape = (/** @type {string} */ text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** A path with fewer than two parts, such as `/app`, is too common a word to look for. */
const ofThisMachine = [root.replace(/\/$/, ""), homedir()].filter((path) => path.split("/").length > 2);

const forbidden = [
  {
    what: "a package registry's host",
    pattern: /\b(?:registry|npm|yarn|nexus|artifactory|verdaccio)\.[a-z\d-]+\.(?:com|org|net|io|dev|cn)\b/i,
  },
  { what: "a package registry's host", pattern: /\b(?:registry|artifactory|nexus|verdaccio)[\w.-]*:\d{2,5}\b/i },
  { what: "a path of one person's machine", pattern: /(?<![\w/.])\/(?:home|Users|root)\/[\w.-]+\// },
  ...ofThisMachine.map((path) => ({
    what: "a path of this machine",
    pattern: new RegExp(`${escape(path)}(?![\\w-])`),
  })),
];

/** What lies here but is nobody's source, for a copy that came without git. */
const notSource = /^(\.git|node_modules|dist|data|test-output|bench\/results|\.env)(\/|$)/;

/** Files that are, or are about to be, part of the repository. */
function tracked() {
  const options = { cwd: root, encoding: /** @type {const} */ ("utf8"), maxBuffer: 1 << 26 };
  const git = spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], options);
  if (git.status === 0) return git.stdout.split("\0").filter((path) => path !== "" && existsSync(inRoot(path)));
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !notSource.test(path));
}

const faultsIn = (/** @type {string} */ path) => {
  const text = readFileSync(inRoot(path), "utf8");
  if (text.includes("\0")) return [];
  return text
    .split("\n")
    .flatMap((line, index) =>
      forbidden.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${path}:${index + 1} names ${what}.`),
    );
};

const faults = tracked().flatMap(faultsIn);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
