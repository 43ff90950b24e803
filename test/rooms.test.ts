import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { rooms } from "../rooms.mjs";

const ROOT = join(import.meta.dirname, "..");
const CRUISER = join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruiser.mjs");

interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[];
  };
}

/** The checker as `npm run check` starts it, on the `src` of a directory. */
const cruise = (directory: string): Promise<Report> =>
  new Promise((resolve, reject) => {
    const args = [CRUISER, "src", "--config", join(ROOT, ".dependency-cruiser.mjs"), "--output-type", "json"];
    execFile(process.execPath, args, { cwd: directory, maxBuffer: 1 << 28 }, (error, stdout) => {
      if (stdout === "") reject(error ?? new Error("The checker said nothing."));
      else resolve(JSON.parse(stdout));
    });
  });

/** `rule: file` for each rule that was broken. */
const broken = (report: Report): string[] =>
  report.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).toSorted();

/** A small house in which nothing is wrong: each room imports what it may. */
const SOUND: Readonly<Record<string, string>> = {
  "kernel/ids.ts": "export const id = 1;",
  "database/handle.ts":
    'import { Kysely } from "kysely"; import { id } from "../kernel/ids.ts"; export const d = [Kysely, id];',
  "http/router.ts": 'import { id } from "../kernel/ids.ts"; export const router = id;',
  "ledger/records/receipts.ts": 'import { sql } from "kysely"; export const receipts = sql;',
  "ledger/ledger.test.ts": 'import { sql } from "kysely"; export const looksIntoTables = sql;',
  "accounts/accounts.ts": 'import { d } from "../database/handle.ts"; export const accounts = d;',
  "oauth/oauth.ts": 'import { router } from "../http/router.ts"; export const oauth = router;',
  "toolsets/demo/echo.ts":
    'import { id } from "../../kernel/ids.ts"; export type Echo = { id: number }; export const echo = id;',
  "toolsets/demo/echo.widget.tsx":
    'import { bridge } from "../../ui/bridge.ts"; import type { Echo } from "./echo.ts"; export const W = (e: Echo) => bridge + e.id;',
  "toolsets/intents/extract.ts": "export const extract = 1;",
  "toolsets/index.ts":
    'import { echo } from "./demo/echo.ts"; import { extract } from "./intents/extract.ts"; export const list = [echo, extract];',
  "channels/mcp/mcp.ts": 'import { router } from "../../http/router.ts"; export const mcp = router;',
  "channels/web/web.ts": "export const web = 1;",
  "adapters/mail/smtp.ts": 'import { id } from "../../kernel/ids.ts"; export const smtp = id;',
  "adapters/chain/chain.ts": "export const chain = 1;",
  "ui/bridge.ts": "export const bridge = 1;",
  "ui/bridge.test.ts": 'import "node:test"; import { bridge } from "./bridge.ts"; export const tested = bridge;',
  "console/page.tsx":
    'import type { Echo } from "../toolsets/demo/echo.ts"; import { bridge } from "../ui/bridge.ts"; export const P = (e: Echo) => bridge + e.id;',
  "config/config.ts": "export const config = 1;",
  "app/app.ts":
    'import { config } from "../config/config.ts"; import { list } from "../toolsets/index.ts"; export const app = [config, list];',
  "cli/bellhop.ts": 'import { app } from "../app/app.ts"; export const cli = app;',
};

/** A file, what it holds, and the rules that it breaks; a cycle is told once. */
const PLANTED: readonly (readonly [file: string, content: string, ...rules: string[]])[] = [
  ["kernel/planted.ts", 'import "../ledger/records/receipts.ts";', "room kernel/"],
  ["ledger/planted.ts", 'import "../accounts/accounts.ts";', "room ledger/"],
  ["accounts/planted.ts", 'import "../oauth/oauth.ts";', "room accounts/"],
  ["toolsets/demo/planted.ts", 'import "../../adapters/mail/smtp.ts";', "room toolsets/"],
  ["channels/mcp/planted.ts", 'import "../../toolsets/index.ts";', "room channels/"],
  [
    "adapters/mail/planted.ts",
    'import type { d } from "../../database/handle.ts"; export type D = typeof d;',
    "room adapters/",
  ],
  ["cli/planted.ts", 'export const late = () => import("../channels/web/web.ts");', "room cli/"],
  ["app.planted.ts", "export const nowhere = 1;", "every-file-has-a-room"],
  ["helpers/planted.ts", 'import "../kernel/ids.ts";', "every-file-has-a-room"],
  ["helper.ts", "export const help = 1;"],
  ["kernel/helped.ts", 'export { help } from "../helper.ts";', "every-file-has-a-room", "room kernel/"],
  [
    "toolsets/demo/sibling.ts",
    'import type { extract } from "../intents/extract.ts"; export type E = typeof extract;',
    "siblings-are-islands",
  ],
  ["channels/web/sibling.ts", 'export const late = () => import("../mcp/mcp.ts");', "siblings-are-islands"],
  ["adapters/chain/sibling.ts", 'import "../mail/smtp.ts";', "siblings-are-islands"],
  ["toolsets/demo/loader.ts", 'import "./echo.widget.tsx";', "server-never-loads-a-widget"],
  ["toolsets/demo/value.widget.tsx", 'import { echo } from "./echo.ts"; export const W = echo;', "widgets-see-ui"],
  [
    "toolsets/demo/foreign.widget.tsx",
    'import type { extract } from "../intents/extract.ts"; export type E = typeof extract;',
    "siblings-are-islands",
    "widget-types-are-its-own",
  ],
  [
    "console/value.tsx",
    'import { list } from "../toolsets/index.ts"; export const P = list;',
    "console-sees-types-only",
  ],
  ["ui/node.ts", 'import "node:fs";', "browser-has-no-node"],
  ["console/node.tsx", 'import { join } from "node:path"; export const P = join;', "browser-has-no-node"],
  ["toolsets/demo/node.widget.tsx", 'import { join } from "node:path"; export const W = join;', "browser-has-no-node"],
  ["accounts/sql.ts", 'import { sql } from "kysely"; export const query = sql;', "sql-lives-with-its-owner"],
  [
    "accounts/sql-types.ts",
    'import type { Kysely } from "kysely"; export type K = Kysely<never>;',
    "sql-lives-with-its-owner",
  ],
  ["kernel/lost.ts", 'import "./nowhere.ts";', "resolvable"],
  ["oauth/ring-a.ts", 'import "./ring-b.ts";', "no-cycles"],
  ["oauth/ring-b.ts", 'export const late = () => import("./ring-a.ts");'],
];

/** Writes a house of its own, with our installed packages within reach. */
function build(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "rooms-"));
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, "src", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return directory;
}

describe("the rooms of this repository", () => {
  let report: Report;
  before(async () => {
    report = await cruise(ROOT);
  });

  it("were read to the last file, so that no green is a false one", () => {
    const sources = globSync("src/**/*.{ts,tsx}", { cwd: ROOT }).toSorted();
    const read = report.modules.map(({ source }) => source).filter((source) => /^src\/.*\.tsx?$/.test(source));
    assert.ok(sources.length > 50);
    assert.deepEqual(read.toSorted(), sources);
  });

  it("import what the table allows, and nothing else", () => {
    assert.deepEqual(broken(report), []);
  });
});

describe("the checker", () => {
  const directories: string[] = [];
  after(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

  it("finds nothing in a house where nothing is wrong", async () => {
    const directory = build(SOUND);
    directories.push(directory);
    assert.deepEqual(broken(await cruise(directory)), []);
  });

  it("finds every violation planted, by its rule, and no other", async () => {
    const planted = Object.fromEntries(PLANTED.map(([file, content]) => [file, content]));
    const directory = build({ ...SOUND, ...planted });
    directories.push(directory);
    const expected = PLANTED.flatMap(([file, , ...rules]) => rules.map((rule) => `${rule}: src/${file}`));
    assert.deepEqual(broken(await cruise(directory)), expected.toSorted());
  });

  it("holds each room of the table to its row", async () => {
    const walls = Object.entries(rooms).filter(([room]) => room.endsWith("/") && room !== "console/");
    const intruders = walls.map(([room]) => [`${room}x/intruder.ts`, 'import "../../cli/bellhop.ts";'] as const);
    const directory = build({
      ...SOUND,
      ...Object.fromEntries(intruders.filter(([file]) => !file.startsWith("cli/"))),
    });
    directories.push(directory);
    const expected = walls
      .filter(([room]) => room !== "cli/")
      .map(([room]) => `room ${room}: src/${room}x/intruder.ts`);
    assert.deepEqual(broken(await cruise(directory)), expected.toSorted());
  });
});
