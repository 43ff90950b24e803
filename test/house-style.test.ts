import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { temporaryDirectory } from "./bellhop.ts";

const ROOT = join(import.meta.dirname, "..");

interface Finding {
  readonly code: string;
  readonly filename: string;
}

/** What the tool prints, however it ends. */
const output = (cwd: string, file: string, ...args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, "node_modules", file), ...args],
      { cwd, maxBuffer: 1 << 26 },
      (_error, stdout) => resolve(stdout),
    );
  });

/** A rule of the house, and the least that breaks it. */
const BROKEN: readonly (readonly [rule: string, file: string, content: string])[] = [
  ["typescript(no-explicit-any)", "any.ts", "export const a = (b: any): unknown => b;"],
  ["typescript(consistent-type-assertions)", "as.ts", "export const a = (b: unknown): string => b as string;"],
  ["typescript(no-non-null-assertion)", "bang.ts", "export const a = (b: string | null): string => b!;"],
  ["typescript(no-unsafe-assignment)", "smuggled.ts", 'export const a: string = JSON.parse("1");'],
  ["typescript(no-floating-promises)", "floating.ts", "export const a = (b: () => Promise<void>): void => { b(); };"],
  [
    "typescript(switch-exhaustiveness-check)",
    "switch.ts",
    'export function a(b: "x" | "y"): number { switch (b) { case "x": return 1; } return 2; }',
  ],
  ["eslint(max-lines)", "lines.ts", Array.from({ length: 401 }, (_, i) => `export const a${i} = ${i};`).join("\n")],
  [
    "eslint(max-lines-per-function)",
    "function.ts",
    `export function a(): number {\n${"  console;\n".repeat(60)}  return 1;\n}`,
  ],
  ["import(no-default-export)", "default.ts", "export default 1;"],
  ["import(no-cycle)", "ring-a.ts", 'import { b } from "./ring-b.ts"; export const a = (): unknown => b;'],
  ["import(no-cycle)", "ring-b.ts", 'import { a } from "./ring-a.ts"; export const b = (): unknown => a;'],
  ["unicorn(filename-case)", "camelCase.ts", "export const a = 1;"],
  ["node(no-process-env)", "environment.ts", 'export const a = process.env["PATH"];'],
];

describe("the linter", () => {
  it("finds each breach of the house style, and lets `as const` be", async (t) => {
    const directory = temporaryDirectory(t);
    mkdirSync(join(directory, "src"));
    for (const file of [".oxlintrc.json", "tsconfig.json"]) cpSync(join(ROOT, file), join(directory, file));
    symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
    for (const [, file, content] of BROKEN) writeFileSync(join(directory, "src", file), `${content}\n`);
    writeFileSync(join(directory, "src", "const.ts"), "export const a = [1] as const;\n");
    const report: { diagnostics: Finding[] } = JSON.parse(
      await output(directory, "oxlint/bin/oxlint", "--type-aware", "--format=json", "src"),
    );
    const found = report.diagnostics.map(({ code, filename }) => `${code} ${filename.replaceAll("\\", "/")}`);
    for (const [rule, file] of BROKEN)
      assert.ok(found.includes(`${rule} src/${file}`), `${rule} in ${file}: ${found.join(", ")}`);
    assert.deepEqual(
      found.filter((finding) => finding.endsWith("src/const.ts")),
      [],
    );
  });
});

describe("the compiler", () => {
  it("refuses what is more than erasable types: an enum, a namespace, a parameter property", async (t) => {
    const directory = temporaryDirectory(t);
    symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
    const configuration = { extends: join(ROOT, "tsconfig.json"), include: ["*.ts"] };
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(configuration));
    writeFileSync(join(directory, "enum.ts"), "export enum E { A }\n");
    writeFileSync(join(directory, "namespace.ts"), "export namespace N { export const a = 1; }\n");
    writeFileSync(join(directory, "property.ts"), "export class C { constructor(readonly a: number) {} }\n");
    const text = await output(directory, "typescript/bin/tsc", "-p", directory);
    for (const file of ["enum.ts", "namespace.ts", "property.ts"]) assert.match(text, new RegExp(`${file}.*TS1294`));
  });
});
