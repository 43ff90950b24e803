import assert from "node:assert/strict";
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { rooms } from "../rooms.mjs";
import { temporaryDirectory } from "./bellhop.ts";

const ROOT = join(import.meta.dirname, "..");
const pages = [...globSync("*.md", { cwd: ROOT }), ...globSync("docs/**/*.md", { cwd: ROOT })];
const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

describe("the documents", () => {
  it("are all there", () => {
    const expected = [
      "README",
      "ARCHITECTURE",
      "CONTRIBUTING",
      "SECURITY",
      "CHANGELOG",
      "docs/decisions",
      "docs/settings",
    ];
    for (const name of expected) assert.ok(pages.includes(`${name}.md`), name);
    assert.match(readFileSync(join(ROOT, "LICENSE"), "utf8"), /Apache License\s+Version 2\.0/);
  });

  it("link to files that are there", () => {
    for (const page of pages)
      for (const [, target = ""] of read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g))
        assert.ok(existsSync(join(ROOT, dirname(page), target)), `${page} links to ${target}`);
  });

  it("name only commands that exist", () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")));
    for (const page of pages)
      for (const [, name = ""] of read(page).matchAll(/\bnpm run ([\w:-]+)/g))
        assert.ok(scripts[name], `${page}: ${name}`);
  });

  it("tell of every room that is built, and of none that is not", () => {
    const told = read("ARCHITECTURE.md").matchAll(/^\| `([\w.]+)` +\|/gm);
    const built = Object.keys(rooms).filter((room) => existsSync(join(ROOT, "src", room)));
    assert.deepEqual(
      [...told].map(([, room]) => room).toSorted(),
      built.map((room) => room.replace("/", "")).toSorted(),
    );
  });
});

describe("the tool in the README", () => {
  it("works as it stands there", async (t) => {
    const [, code = ""] = /^```ts\n([^]*?)^```/m.exec(read("README.md")) ?? [];
    const directory = temporaryDirectory(t);
    const file = join(directory, "count-words.ts");
    mkdirSync(directory, { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
    writeFileSync(
      file,
      code.replace("../../kernel/tool.ts", pathToFileURL(join(ROOT, "src", "kernel", "tool.ts")).href),
    );
    const { countWords } = await import(pathToFileURL(file).href);
    const facts = { principal: undefined, requestId: "1", now: new Date(0), signal: new AbortController().signal };
    const answer = await countWords.prepare({ text: " one  two\nthree " }).run(facts);
    assert.deepEqual(answer.data, { words: 3 });
    assert.throws(() => countWords.prepare({ text: 7 }), /text: /);
    assert.ok(code.trim().split("\n").length <= 25);
  });
});
