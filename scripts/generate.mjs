/**
 * `npm run generate`: writes what is made from the code. With `--check` it writes nothing, and fails when something that
 * is committed is not what the code says now. Runs under Node 24, since it reads TypeScript.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot, root } from "./parts/paths.mjs";
import { roomsPicture } from "./parts/rooms-picture.mjs";
import { exampleFile, settingsPage } from "./parts/settings-pages.mjs";

/** Formatted like every other file, so that `npm run format` never changes what was made here. */
function formatted(/** @type {string} */ path, /** @type {string} */ text) {
  const args = [inRoot("node_modules", "oxfmt", "bin", "oxfmt"), `--stdin-filepath=${path}`];
  const result = spawnSync(process.execPath, args, { cwd: root, input: text, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`${path} cannot be formatted: ${result.stderr}`);
  return result.stdout;
}

const committed = (/** @type {string} */ path) => (existsSync(inRoot(path)) ? readFileSync(inRoot(path), "utf8") : "");

/** A page that people write, in which the text between two markers is made. */
function withSection(/** @type {string} */ path, /** @type {string} */ name, /** @type {string} */ text) {
  const page = committed(path);
  const [begin, end] = [`<!-- made: ${name} -->`, `<!-- /made: ${name} -->`];
  const [before, rest = ""] = page.split(begin);
  const after = rest.split(end)[1];
  if (after === undefined) throw new Error(`${path} has no place between ${begin} and ${end}.`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}

const made = [
  [".env.example", exampleFile()],
  ["docs/settings.md", formatted("docs/settings.md", settingsPage())],
  ["ARCHITECTURE.md", withSection("ARCHITECTURE.md", "rooms", await roomsPicture())],
];

const outdated = made.filter(([path = "", text]) => committed(path) !== text);
for (const [path = "", text = ""] of outdated)
  if (process.argv.includes("--check")) console.error(`${path} is out of date: run \`npm run generate\`.`);
  else writeFileSync(inRoot(path), text);
if (process.argv.includes("--check") && outdated.length > 0) process.exitCode = 1;
