import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { freePort, temporaryDirectory, until } from "./bellhop.ts";

const ROOT = join(import.meta.dirname, "..");
const WATCHED = pathToFileURL(join(ROOT, "scripts", "parts", "watched.mjs")).href;
const PARTS = ["src", "scripts", "docs", "dist", "package.json", "package-lock.json", "tsconfig.json"];

/** A copy of the repository that a developer works in, and what runs in it. */
interface Workplace {
  readonly url: string;
  edit(path: string, from: string, to: string): void;
  /** Runs `npm run dev` and its sisters, by what they name. */
  dev(...names: readonly string[]): { readonly child: ChildProcess; terminal(): string; ended: Promise<unknown> };
  /** What stands at an address of the server; empty while it does not answer. */
  at(path: string): Promise<string>;
}

async function workplace(t: TestContext): Promise<Workplace> {
  const directory = temporaryDirectory(t);
  for (const path of [...PARTS, "vite.widgets.ts", "vite.console.ts"])
    if (existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    PORT: String(port),
    BELLHOP_DATA_DIR: join(directory, "data"),
  };
  return {
    url,
    edit(path, from, to) {
      const text = readFileSync(join(directory, path), "utf8");
      assert.ok(text.includes(from), `${path} has no ${from}`);
      writeFileSync(join(directory, path), text.replace(from, to));
    },
    dev(...names) {
      const child = spawn(process.execPath, [join(directory, "scripts", "dev.mjs"), ...names], {
        cwd: directory,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let terminal = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (text: Buffer) => (terminal += String(text)));
      // Whoever was started writes to the same pipe: it closes once all of them are gone.
      const ended = once(child, "close");
      t.after(async () => {
        child.kill("SIGTERM");
        await ended;
      });
      return { child, terminal: () => terminal, ended };
    },
    at: async (path) => (await fetch(url + path).catch(() => undefined))?.text() ?? "",
  };
}

/** How often the server said that it was ready. */
const starts = (terminal: string): number => terminal.split(" is ready.").length - 1;

describe("npm run dev", () => {
  it("takes in what is saved, until Ctrl-C", { timeout: 110_000 }, async (t) => {
    const { edit, dev, at } = await workplace(t);
    const { child, terminal, ended } = dev("server", "widgets");
    const shown = (path: string, text: string) =>
      until(`${text} at ${path}`, async () => ((await at(path)).includes(text) ? true : undefined), 40_000);

    await shown("/health", "ok");
    await until("the first build", () => (terminal().match(/widgets: built in/g)?.length === 3 ? true : undefined));

    edit("docs/first-ten-minutes.md", "# First ten minutes", "# The first hour");
    await shown("/docs", "The first hour");
    edit("src/toolsets/demo/echo.widget.tsx", "The text is empty.", "Nothing was said.");
    await shown("/widgets/echo.html", "Nothing was said.");
    assert.equal(starts(terminal()), 1, "documentation and widgets need no restart");

    edit("src/channels/web/landing-page.ts", "<h1>", "<h1>Look: ");
    await shown("/", "<h1>Look: ");
    assert.equal(starts(terminal()), 2);

    edit("src/channels/web/landing-page.ts", "import", "impart");
    // The one who watches says so: it has heard by then what the failed start was made of.
    await until("the mistake", () => (/SyntaxError[^]*Failed running/.test(terminal()) ? true : undefined), 40_000);
    edit("src/channels/web/landing-page.ts", "impart", "import");
    await shown("/", "<h1>Look: ");
    assert.equal(starts(terminal()), 3, "a mistake that is mended needs no hand");

    child.kill("SIGINT");
    await ended;
    assert.equal(child.exitCode, 0, terminal());
    assert.equal(await at("/health"), "");
  });

  it("watches all that the server is made of, also when a start of it fails before it has read that", async (t) => {
    const mistake = join(temporaryDirectory(t), "mistake.mjs");
    writeFileSync(mistake, "impart it");
    const child = spawn(process.execPath, ["--import", WATCHED, mistake], {
      env: { PATH: process.env["PATH"], WATCH_REPORT_DEPENDENCIES: "1" },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const said: unknown[] = [];
    child.on("message", (message) => said.push(message));
    const [code] = await once(child, "close");
    assert.equal(code, 1);
    const page = pathToFileURL(join(ROOT, "src", "channels", "web", "landing-page.ts")).href;
    const { "watch:import": files } = z
      .object({ "watch:import": z.array(z.string()) })
      .parse(said.find((message) => JSON.stringify(message).includes("landing-page.ts")));
    assert.ok(files.includes(page));
    assert.deepEqual(
      files.filter((file) => /\.test\.ts$|\.tsx$|\/src\/(ui|console)\//.test(file)),
      [],
      "no start for what is no part of the server",
    );
  });

  it("ends as a whole when a part of it cannot go on", async (t) => {
    const { edit, dev } = await workplace(t);
    edit("vite.widgets.ts", "export default", 'throw new Error("no widgets today");\nexport default');
    const { child, terminal, ended } = dev("widgets", "console");
    await ended;
    assert.equal(child.exitCode, 1);
    assert.match(terminal(), /no widgets today/);
  });

  it("says what it can run", async (t) => {
    const { dev } = await workplace(t);
    const { child, terminal, ended } = dev("everything");
    await ended;
    assert.equal(child.exitCode, 1);
    assert.equal(terminal().trim(), "Name what to run: server, widgets, console.");
  });
});
