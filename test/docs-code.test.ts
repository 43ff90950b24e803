import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, describe, it } from "node:test";
import { promisify } from "node:util";
import { temporaryDirectory } from "./bellhop.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const run = promisify(execFile);

/** The blocks of code of a page, in their order. */
const blocksOf = (page: string, language: string): readonly string[] =>
  [...read(`docs/${page}.md`).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );

/** Puts one text in the place of another, which must be there: a page that speaks of a line has to name a real one. */
function replaced(text: string, old: string, next: string): string {
  assert.ok(text.includes(old), `There is no ${old}`);
  return text.replace(old, () => next);
}

interface Copy {
  readonly directory: string;
  edit(path: string, change: (text: string) => string): void;
  write(path: string, text: string): void;
  /** Runs a program of the repository's packages in the copy. @throws when it fails, with what it printed. */
  tool(path: string, ...args: readonly string[]): Promise<string>;
}

/** The sources, as someone has them who follows a page. */
function sources(t: TestContext): Copy {
  const directory = temporaryDirectory(t);
  for (const path of ["src", "test", "package.json", "package-lock.json", "tsconfig.json", "vite.widgets.ts"])
    cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
  const write = (path: string, text: string): void => writeFileSync(join(directory, path), text);
  const env = { PATH: process.env["PATH"], TEST_POSTGRES_URL: process.env["TEST_POSTGRES_URL"] };
  return {
    directory,
    write,
    edit: (path, change) => write(path, change(readFileSync(join(directory, path), "utf8"))),
    async tool(path, ...args) {
      try {
        return (await run(process.execPath, [join(directory, path), ...args], { cwd: directory, env })).stdout;
      } catch (error) {
        const { stdout = "", stderr = "" } = Object(error);
        throw new Error(`${path} failed:\n${stdout}${stderr}`, { cause: error });
      }
    },
  };
}

const [tool = "", listed = "", toolTest = "", ports = "", refusal = ""] = blocksOf("add-a-tool", "ts");

/** Follows docs/add-a-tool.md. */
function addTool(copy: Copy): void {
  copy.write("src/toolsets/demo/days-until.ts", tool);
  copy.write("src/toolsets/demo/days-until.test.ts", toolTest);
  copy.edit("src/toolsets/demo/toolset.ts", (text) => {
    const imported = `import { daysUntil } from "./days-until.ts";\n${text}`;
    return replaced(imported, listed.trim().replace(", daysUntil", ""), listed.trim());
  });
}

const [widget = "", actions = ""] = blocksOf("add-a-widget", "tsx");
const [named = "", offered = ""] = blocksOf("add-a-widget", "ts");

/** Follows docs/add-a-widget.md, and makes a whole of the part that it shows of another widget. */
function addWidget(copy: Copy): void {
  copy.write("src/toolsets/demo/days-until.widget.tsx", widget);
  copy.edit("src/toolsets/demo/days-until.ts", (text) => replaced(text, "  input:", `  ${named.trim()}\n  input:`));
  copy.edit("src/toolsets/demo/toolset.ts", (text) => replaced(text, "widgets: [", `widgets: [${offered.trim()}`));
  copy.write(
    "src/toolsets/demo/part.tsx",
    `import { Actions } from "../../ui/pieces/actions.tsx";
const item = { id: "x", title: "x" };
const isDecided = (data: unknown): boolean => data !== null;
export const Part = () => (${actions});`,
  );
}

/** Every mistake that the compiler finds in the demo's toolset. */
const typesOf = (copy: Copy): Promise<string> => {
  copy.write("tsconfig.docs.json", JSON.stringify({ extends: "./tsconfig.json", include: ["src/toolsets/demo"] }));
  return copy.tool("node_modules/typescript/bin/tsc", "-p", "tsconfig.docs.json");
};

describe("the code in the documentation", () => {
  it("makes a tool that compiles, answers, and passes its test, in some twenty lines", async (t) => {
    const copy = sources(t);
    addTool(copy);
    assert.ok(tool.trim().split("\n").length <= 23);
    assert.equal(await typesOf(copy), "");
    const output = await copy.tool("src/toolsets/demo/days-until.test.ts");
    assert.match(output, /pass 2\n/, "once on each engine");
    assert.match(output, /fail 0\n/);
  });

  it("makes a widget that compiles and is built beside the others", async (t) => {
    const copy = sources(t);
    addTool(copy);
    addWidget(copy);
    assert.equal(await typesOf(copy), "");
    await copy.tool("node_modules/vite/bin/vite.js", "build", "-c", "vite.widgets.ts", "--logLevel", "warn");
    const page = readFileSync(join(copy.directory, "dist", "widgets", "days-until.html"), "utf8");
    assert.match(page, /Days until/);
    assert.ok(existsSync(join(copy.directory, "dist", "widgets", "list-view.html")));
  });

  it("shows lines of the sources as they stand there", () => {
    assert.ok(read("src/toolsets/demo/toolset.ts").includes(ports.trim()));
    assert.ok(read("src/toolsets/demo/items.ts").includes(refusal.trim()));
  });

  it("tells of every part of a tool, and of none that is not one", () => {
    const [, facts = ""] = /interface ToolFacts \{([^]*?)\n\}/.exec(read("src/kernel/tool.ts")) ?? [];
    const parts = [...facts.matchAll(/^ {2}readonly (\w+)(\??):/gm)].map(([, name, optional]) => `${name}${optional}`);
    const table = [...read("docs/add-a-tool.md").matchAll(/^\| ((?:`\w+`(?:, )?)+)( \(optional\))? +\|/gm)];
    const told = table.flatMap(([, names = "", optional]) =>
      [...names.matchAll(/\w+/g)].map(([name]) => `${name}${optional ? "?" : ""}`),
    );
    assert.deepEqual(told.toSorted(), [...parts, "input", "output", "run"].toSorted());
  });
});
