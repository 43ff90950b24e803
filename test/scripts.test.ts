import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, describe, it } from "node:test";
import { temporaryDirectory } from "./bellhop.ts";

const ROOT = join(import.meta.dirname, "..");

interface Ended {
  readonly code: unknown;
  readonly output: string;
}

/** Runs a script to its end, with nothing in its environment but what is named. */
async function run(
  file: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<Ended> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...environment };
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, "close");
  return { code, output };
}

/** A repository of its own, with our scripts and the files named. */
function repository(t: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory(t);
  cpSync(join(ROOT, "scripts"), join(directory, "scripts"), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

describe("a run of the tests", () => {
  const runTests = (t: TestContext, content: string | undefined): Promise<Ended> => {
    const file = join(temporaryDirectory(t), "some.test.ts");
    if (content !== undefined) writeFileSync(file, content);
    const needs = {
      TEST_POSTGRES_URL: "postgresql://nowhere",
      CHROMIUM_PATH: "/nowhere",
      TMPDIR: temporaryDirectory(t),
    };
    return run(join(ROOT, "scripts", "run-tests.mjs"), [file], needs);
  };
  const test = (body: string): string => `import { test } from "node:test"; ${body}`;

  it("passes when every test ran and passed", async (t) => {
    const { code, output } = await runTests(t, test('test("two", () => {});'));
    assert.equal(code, 0, output);
  });

  it("fails when a test fails, a file breaks, or a file is not there", async (t) => {
    assert.equal((await runTests(t, test('test("no", () => { throw new Error("no"); });'))).code, 1);
    assert.equal((await runTests(t, test('throw new Error("broken");'))).code, 1);
    assert.equal((await runTests(t, undefined)).code, 1);
  });

  it("fails when nothing was proven: no test, a test skipped, a test put off", async (t) => {
    assert.match((await runTests(t, "export {};")).output, /some\.test\.ts ran no test/);
    for (const body of ['test.skip("later", () => {});', 'test("later", { todo: true }, () => {});']) {
      const { code, output } = await runTests(t, test(`test("now", () => {}); ${body}`));
      assert.equal(code, 1);
      assert.match(output, /skips 1 of its tests/);
    }
  });

  it("fails without PostgreSQL and Chromium, and says how to have them", async () => {
    const { code, output } = await run(join(ROOT, "scripts", "run-tests.mjs"));
    assert.equal(code, 1);
    assert.match(output, /TEST_POSTGRES_URL is not set: start the tests with `npm test`/);
  });

  it("stops a file that never ends, and fails for it", async (t) => {
    const file = join(temporaryDirectory(t), "open.test.ts");
    writeFileSync(file, test('test("done", () => {}); setInterval(() => {}, 1000);'));
    const needs = { TEST_POSTGRES_URL: "x", CHROMIUM_PATH: "x", TEST_FILE_TIMEOUT_MS: "2000" };
    const { code, output } = await run(join(ROOT, "scripts", "run-tests.mjs"), [file], needs);
    assert.equal(code, 1);
    assert.match(output, /open\.test\.ts did not end within 2 s/);
  });

  it("ends, whatever a file that was stopped has left behind", async (t) => {
    const [file, pid] = [join(temporaryDirectory(t), "left.test.ts"), join(temporaryDirectory(t), "pid")];
    const left =
      'spawn(process.execPath, ["-e", "setTimeout(() => {}, 300000)"], { stdio: "inherit", detached: true })';
    const body = `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
      test("never", () => { writeFileSync(${JSON.stringify(pid)}, String(${left}.pid)); return new Promise(() => {}); });
      setInterval(() => {}, 1000);`;
    writeFileSync(file, test(body));
    const needs = { TEST_POSTGRES_URL: "x", CHROMIUM_PATH: "x", TEST_FILE_TIMEOUT_MS: "2000" };
    const { code } = await run(join(ROOT, "scripts", "run-tests.mjs"), [file], needs);
    assert.equal(code, 1);
    assert.ok(process.kill(Number(readFileSync(pid, "utf8")), "SIGKILL"), "it was still there");
  });

  it("counts every test, however many end at once", async (t) => {
    const { code, output } = await runTests(t, test("for (let i = 0; i < 500; i += 1) test(`test ${i}`, () => {});"));
    assert.equal(code, 0);
    assert.match(output, /500 tests in 1 files, 500 passed, 0 failed/);
  });

  it("never sees the settings of whoever runs it", async (t) => {
    const body = 'test("clean", () => { if (process.env["DATABASE_URL"]) throw new Error("a real database"); });';
    const file = join(temporaryDirectory(t), "some.test.ts");
    writeFileSync(file, test(body));
    const needs = { TEST_POSTGRES_URL: "x", CHROMIUM_PATH: "x", DATABASE_URL: "postgresql://production" };
    assert.equal((await run(join(ROOT, "scripts", "run-tests.mjs"), [file], needs)).code, 0);
  });
});

describe("the guard of names", () => {
  const faults = async (t: TestContext, files: Readonly<Record<string, string>>): Promise<string[]> => {
    const directory = repository(t, files);
    const { output } = await run(join(directory, "scripts", "names.mjs"));
    return output.split("\n").filter((line) => line !== "" && !line.startsWith("scripts/"));
  };

  it("lets through what belongs to the project alone", async (t) => {
    const text =
      "See https://bellhop.example.com/app and registry.get(name), npm run check, /usr/bin/env, ./home/page/";
    assert.deepEqual(await faults(t, { "README.md": text }), []);
  });

  it("finds a registry's host, and the paths of one machine", async (t) => {
    // Put together here, so that the guard does not stumble over its own test.
    const joined = (mark: string, ...parts: readonly string[]): string => parts.join(mark);
    const planted = {
      "docs/a.md": `fine\nhttps://${joined(".", "registry", "example", "org")}/zod`,
      "b.sh": `curl http://${joined(".", "nexus", "internal:8081")}/x`,
      "c.ts": `const path = "${joined("/", "", "home", "jane", "bellhop")}";`,
      "d.ts": `const path = "${joined("/", "", "Users", "jane", "x")}";`,
    };
    assert.deepEqual((await faults(t, planted)).toSorted(), [
      "b.sh:1 names a package registry's host.",
      "c.ts:1 names a path of one person's machine.",
      "d.ts:1 names a path of one person's machine.",
      "docs/a.md:2 names a package registry's host.",
    ]);
  });

  it("finds the path of this very copy", async (t) => {
    const directory = repository(t, {});
    writeFileSync(join(directory, "notes.md"), `built in ${directory}/dist`);
    const { code, output } = await run(join(directory, "scripts", "names.mjs"));
    assert.equal(code, 1);
    assert.match(output, /notes\.md:1 names a path of this machine/);
  });
});

describe("the guard of the lockfile", () => {
  const whole = {
    packages: {
      "": { dependencies: { tool: "1.0.0" } },
      "node_modules/tool": { version: "1.0.0", dependencies: { part: "^2.0.0" } },
      "node_modules/tool/node_modules/part": { version: "2.1.0" },
    },
  };
  const check = async (t: TestContext, lockfile: object, ...args: readonly string[]) => {
    const directory = repository(t, { "package-lock.json": JSON.stringify(lockfile) });
    const { code, output } = await run(join(directory, "scripts", "lockfile.mjs"), args);
    return { code, output, written: JSON.parse(readFileSync(join(directory, "package-lock.json"), "utf8")) };
  };

  it("lets a whole one through", async (t) => {
    const { code, output } = await check(t, whole);
    assert.deepEqual([code, output], [0, ""]);
  });

  it("finds places of download", async (t) => {
    const { code, output } = await check(t, { packages: { "node_modules/a": { resolved: "x" } } });
    assert.equal(code, 1);
    assert.match(output, /omit-lockfile-registry-resolved/);
  });

  it("finds what is missing for other platforms, and writes it in", async (t) => {
    const optionalDependencies = { "tool-darwin-arm64": "1.0.0", "@tool/bin-linux-arm-musleabihf": "1.0.0" };
    const partial = { packages: { ...whole.packages, "node_modules/wide": { dev: true, optionalDependencies } } };
    const found = await check(t, partial);
    assert.equal(found.code, 1);
    assert.match(found.output, /lacks tool-darwin-arm64 1\.0\.0\.\n.*lacks @tool\/bin-linux-arm-musleabihf/);
    const { code, written } = await check(t, partial, "--fix");
    assert.equal(code, 0);
    assert.deepEqual(written.packages["node_modules/tool-darwin-arm64"], {
      version: "1.0.0",
      cpu: ["arm64"],
      dev: true,
      optional: true,
      os: ["darwin"],
    });
    assert.deepEqual(written.packages["node_modules/@tool/bin-linux-arm-musleabihf"].libc, ["musl"]);
  });

  it("does not guess what it cannot know", async (t) => {
    const { code, output } = await check(
      t,
      { packages: { "node_modules/a": { dependencies: { b: "^1.0.0" } } } },
      "--fix",
    );
    assert.equal(code, 1);
    assert.match(output, /lacks b \^1\.0\.0/);
  });
});

describe("installing", () => {
  const entry = (version: string): object => ({ version, integrity: `sha512-${version}` });
  const wanted = {
    packages: {
      "": {},
      "node_modules/a": entry("1.0.0"),
      "node_modules/other-system": { ...entry("2.0.0"), optional: true },
    },
  };

  /** Whether npm was called, with a stand-in that writes its arguments down and ends as told. */
  async function install(
    t: TestContext,
    present: object | undefined,
    exitCode = 0,
  ): Promise<Ended & { called: string }> {
    const directory = repository(t, {
      "package-lock.json": JSON.stringify(wanted),
      "npm.mjs": `import { writeFileSync } from "node:fs"; writeFileSync(new URL("called", import.meta.url), process.argv.slice(2).join(" ")); console.error("npm has its reasons"); process.exit(${exitCode});`,
      ...(present && { "node_modules/.package-lock.json": JSON.stringify(present) }),
    });
    writeFileSync(
      join(directory, "install.mjs"),
      'import { ensureInstalled } from "./scripts/parts/install.mjs"; await ensureInstalled();',
    );
    const ended = await run(join(directory, "install.mjs"), [], {
      npm_execpath: join(directory, "npm.mjs"),
      NODE_ENV: "production",
    });
    const called = join(directory, "called");
    return { ...ended, called: existsSync(called) ? readFileSync(called, "utf8") : "" };
  }

  it("is left out when everything is there, packages for other systems apart", async (t) => {
    const { code, output, called } = await install(t, { packages: { "node_modules/a": entry("1.0.0") } });
    assert.deepEqual([code, output, called], [0, "", ""]);
  });

  it("is done when nothing is there, something is missing, or a version is another, with what the build needs", async (t) => {
    for (const present of [undefined, { packages: {} }, { packages: { "node_modules/a": entry("0.9.0") } }]) {
      const { code, output, called } = await install(t, present);
      assert.equal(code, 0);
      assert.match(called, /^ci .*--include=dev/);
      assert.equal(output.trim(), "Installing packages ...");
    }
  });

  it("shows npm's own words when it fails", async (t) => {
    const { code, output } = await install(t, undefined, 1);
    assert.equal(code, 1);
    assert.match(output, /npm has its reasons[^]*could not be installed/);
  });
});
