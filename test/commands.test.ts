import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, after, before, describe, it } from "node:test";
import { freePort, temporaryDirectory, until } from "./bellhop.ts";

const ROOT = join(import.meta.dirname, "..");
const START = join(ROOT, "scripts", "start.mjs");
const BELLHOP = join(ROOT, "bin", "bellhop.mjs");

interface Command {
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
}

interface CommandParts {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs a program with nothing of our own settings; it is killed when the test ends. */
function launch(t: TestContext, program: string, file: readonly string[], parts: CommandParts = {}): Command {
  const child = spawn(program, [...file, ...(parts.args ?? [])], {
    cwd: parts.cwd ?? ROOT,
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...parts.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  return { child, output: () => output, ended };
}

const start = (t: TestContext, parts?: CommandParts): Command => launch(t, process.execPath, [START], parts);

/** What it printed, once it has ended with the code that is expected. */
async function finished(command: Command, code: number): Promise<string> {
  assert.equal(await command.ended, code, command.output());
  return command.output();
}

const isUp = (port: number): Promise<boolean> =>
  fetch(`http://localhost:${port}/health`).then(
    (response) => response.status === 200,
    () => false,
  );

async function up(command: Command, port: number): Promise<void> {
  await until(
    "the server to be ready",
    async () => {
      if (command.child.exitCode !== null) throw new Error(command.output());
      return (await isUp(port)) || undefined;
    },
    60_000,
  );
}

const gone = (port: number): Promise<true> =>
  until("the server to be gone", async () => ((await isUp(port)) ? undefined : true), 20_000);

/** The directory that one server after the other uses: only the first has to make a database. */
let data = "";
before(() => (data = join(mkdtempSync(join(tmpdir(), "bellhop-commands-")), "data")));
after(() => rmSync(join(data, ".."), { recursive: true, force: true, maxRetries: 5 }));

/** Settings for a server on that directory, on a port of its own. */
async function settings(
  more: Readonly<Record<string, string>> = {},
): Promise<{ port: number; environment: Record<string, string> }> {
  const port = await freePort();
  return { port, environment: { PORT: String(port), BELLHOP_DATA_DIR: data, ...more } };
}

const bellhop = (t: TestContext, ...args: readonly string[]): Command =>
  launch(t, process.execPath, [BELLHOP], { args, environment: { BELLHOP_DATA_DIR: data } });

/** Words for a person at a terminal: no stack trace. */
const isClear = (text: string): void => assert.doesNotMatch(text, /\n\s+at .*:\d+:\d+/);

describe("npm start", () => {
  it("ends in one screen: console, MCP, how to sign in, where the data lies", async (t) => {
    const { port, environment } = await settings();
    const server = start(t, { environment });
    await up(server, port);
    const screen = await until("the screen", () => (server.output().includes("Ctrl-C") ? server.output() : undefined));
    assert.match(screen, new RegExp(`http://localhost:${port}/app`));
    assert.match(screen, new RegExp(`http://localhost:${port}/mcp`));
    assert.match(screen, /Sign in .*code appears here/);
    assert.ok(screen.includes(data));
    assert.ok(screen.trim().split("\n").length <= 24, screen);
  });

  it("makes its secrets for this user alone, prints none of them, and says what is not read", async (t) => {
    const { port, environment } = await settings({ LOG_LEVEL: "debug", SUPABASE_SERVICE_ROLE_KEY: "hunter2" });
    const server = start(t, { environment });
    await up(server, port);
    const secrets = readdirSync(data).filter((name) => name.includes("secret"));
    assert.ok(secrets.length > 0);
    for (const name of secrets) assert.equal(statSync(join(data, name)).mode & 0o777, 0o600, name);
    assert.match(server.output(), /SUPABASE_SERVICE_ROLE_KEY is replaced by/);
    assert.doesNotMatch(server.output(), /hunter2|PRIVATE KEY|[A-Za-z0-9_-]{40,}/);
  });

  it("hands on the signal that asks it to end, and its exit code", async (t) => {
    const { port, environment } = await settings();
    const server = start(t, { environment });
    await up(server, port);
    server.child.kill("SIGTERM");
    await finished(server, 0);
    assert.equal(await isUp(port), false);
  });

  it("ends the server when npm is ended", async (t) => {
    const { port, environment } = await settings();
    const npm = launch(t, "npm", ["start"], { environment });
    await up(npm, port);
    npm.child.kill("SIGTERM");
    await npm.ended;
    await gone(port);
  });

  it("passes commands on, and tells an unknown one from them", async (t) => {
    assert.match(await finished(start(t, { args: ["--help"] }), 0), /npm start[^]*Commands[^]*snapshot/);
    assert.match(await finished(start(t, { args: ["fly"] }), 1), /There is no command `fly`[^]*--help/);
    assert.match(await finished(start(t, { args: ["--wings"] }), 1), /--wings[^]*--help/);
  });
});

describe("a start that cannot be", () => {
  it("names every bad setting, why, and an example, and no value", async (t) => {
    const { environment } = await settings({ PORT: "80x", DATABASE_URL: "mysql://root:hunter2@db/x" });
    const text = await finished(start(t, { environment }), 1);
    assert.match(text, /PORT must be a whole number from 1 to 65535\. Example: \S+/);
    assert.match(text, /DATABASE_URL must be a postgres.* Example: postgresql:\S+/);
    assert.doesNotMatch(text, /80x|hunter2/);
    isClear(text);
  });

  it("says that the port is taken, and what to do", async (t) => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    t.after(() => other.close());
    const address = other.address();
    assert.ok(address !== null && typeof address === "object");
    const { environment } = await settings({ PORT: String(address.port) });
    const text = await finished(start(t, { environment }), 1);
    assert.match(text, new RegExp(`Port ${address.port} is taken[^]*PORT=`));
    isClear(text);
  });

  it("says that the directory cannot be written", async (t) => {
    const file = join(temporaryDirectory(t), "file");
    writeFileSync(file, "");
    const { environment } = await settings({ BELLHOP_DATA_DIR: join(file, "data") });
    const text = await finished(start(t, { environment }), 1);
    assert.match(text, /cannot be written[^]*BELLHOP_DATA_DIR/);
    isClear(text);
  });
});

describe("the bellhop command", () => {
  it("reads a file .env where it is started; what the environment says wins", async (t) => {
    const cwd = temporaryDirectory(t);
    writeFileSync(join(cwd, ".env"), "PORT=not-a-port\nBELLHOP_TRUSTED_PROXIES=none\n");
    const { environment } = await settings();
    const text = await finished(launch(t, process.execPath, [BELLHOP], { cwd, environment }), 1);
    assert.match(text, /BELLHOP_TRUSTED_PROXIES must be/);
    assert.doesNotMatch(text, /PORT must be/);
  });

  it("says what to do in a copy that was not built", async (t) => {
    const copy = temporaryDirectory(t);
    for (const part of ["bin", join("scripts", "parts")])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    const text = await finished(launch(t, process.execPath, [join(copy, "bin", "bellhop.mjs")]), 1);
    assert.match(text, /not built here[^]*npm run build/);
    isClear(text);
  });

  it("says that no server runs, and does its work itself", async (t) => {
    assert.match(await finished(bellhop(t, "status"), 1), /No server runs on[^]*npm start/);
    assert.ok((await finished(bellhop(t, "snapshot"), 0)).includes(data));
  });

  it("asks the running server, since the data is that one's alone", async (t) => {
    const { port, environment } = await settings();
    const server = start(t, { environment });
    await up(server, port);
    assert.match(await finished(bellhop(t, "status"), 0), new RegExp(`"port": ${port}`));
    assert.ok((await finished(bellhop(t, "snapshot"), 0)).includes(data));
    const { environment: second } = await settings();
    const text = await finished(start(t, { environment: second }), 1);
    assert.match(text, /is in use by[^]*BELLHOP_DATA_DIR/);
    isClear(text);
    assert.equal(await isUp(port), true);
  });
});
