import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { putEmptyPGlite } from "./empty-pglite.ts";

const ROOT = join(import.meta.dirname, "..");
const READY_MS = 60_000;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return address.port;
}

/** Asks until the answer is there, or the time is over: a test waits for a condition, never for a guess. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  ms = 15_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited ${ms} ms for ${what}.`);
    await pause(20);
  }
}

/** A test, or whatever else has an end. */
export interface Lasting {
  after(end: () => unknown): void;
}

/** A directory that is removed when the test ends. */
export function temporaryDirectory(t: Lasting): string {
  const directory = mkdtempSync(join(tmpdir(), "bellhop-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** A data directory with an empty embedded database in it; it goes when the test ends. */
export async function preparedData(t: Lasting): Promise<string> {
  const directory = join(temporaryDirectory(t), "data");
  await putEmptyPGlite(join(directory, "database"));
  return directory;
}

/** A server as its operator starts it: a process of its own, spoken to over HTTP alone. */
export interface Bellhop {
  readonly url: string;
  readonly mcpUrl: string;
  readonly dataDirectory: string;
  /** What the terminal has shown so far. */
  terminal(): string;
  /** The newest code that the terminal showed for an address and that was not asked for before. */
  codeFor(address: string): Promise<string>;
  /** Sends a signal that a test's own program listens for. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL: no chance to tidy up. */
  kill(): Promise<void>;
  /** Starts again on the same data and port. */
  restart(): Promise<void>;
}

interface BellhopParts {
  readonly environment?: Readonly<Record<string, string>>;
  /** Another program than the command line; it starts the same server, with a part replaced. */
  readonly program?: string;
}

const COMMAND_LINE = join(ROOT, "src", "cli", "bellhop.ts");

const CODE = /Mail for (\S+): [^\d\n]*(\d{6})/g;

const codesIn = (terminal: string, address: string): readonly (string | undefined)[] =>
  [...terminal.matchAll(CODE)].filter((line) => line[1] === address).map((line) => line[2]);

/** Only what a process needs: no setting of whoever runs the tests, and the compiled modules of those that ran before. */
export const inherited = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "",
  NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
  TZ: "UTC",
});

/** Whoever answers at the address is ours only once ours has said so: until then the port may be another's. */
async function ready(url: string, ended: () => boolean, said: () => string): Promise<void> {
  await until(
    "the server to be ready",
    async () => {
      if (ended()) throw new Error(`The server ended:\n${said()}`);
      if (!said().includes(" is ready.")) return undefined;
      const response = await fetch(`${url}/health`).catch(() => undefined);
      return response?.status === 200 ? true : undefined;
    },
    READY_MS,
  );
}

/** A port that was free a moment ago may be another's by now: tests run beside each other. */
const PORTS_TRIED = 5;

const isPortTaken = (error: unknown, port: number): boolean =>
  error instanceof Error && error.message.includes(`Port ${port} is taken.`);

/** Starts a server with fresh data; it is killed when the test ends. */
export async function startBellhop(t: Lasting, parts: BellhopParts = {}): Promise<Bellhop> {
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    try {
      return await startOn(t, port, parts);
    } catch (error) {
      // Who asks for a port of their own gets that one or none.
      if (tried === PORTS_TRIED || parts.environment?.["PORT"] !== undefined || !isPortTaken(error, port)) throw error;
    }
  }
}

async function startOn(t: Lasting, port: number, parts: BellhopParts): Promise<Bellhop> {
  const url = `http://localhost:${port}`;
  const embedded = !parts.environment?.["DATABASE_URL"];
  const dataDirectory = embedded ? await preparedData(t) : join(temporaryDirectory(t), "data");
  const environment = { ...inherited(), PORT: String(port), BELLHOP_DATA_DIR: dataDirectory, ...parts.environment };
  let terminal = "";
  let child: ChildProcess | undefined;
  const codesTaken = new Map<string, number>();

  async function start(): Promise<void> {
    const before = terminal.length;
    const started = spawn(process.execPath, [parts.program ?? COMMAND_LINE, "start"], {
      cwd: tmpdir(),
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [started.stdout, started.stderr])
      stream.on("data", (chunk: Buffer) => (terminal += chunk.toString("utf8")));
    child = started;
    // Not at its exit: its last words may come after that.
    let isClosed = false;
    started.once("close", () => (isClosed = true));
    await ready(
      url,
      () => isClosed,
      () => terminal.slice(before),
    );
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  t.after(kill);
  await start();
  return {
    url,
    mcpUrl: `${url}/mcp`,
    dataDirectory,
    terminal: () => terminal,
    async codeFor(address) {
      const taken = codesTaken.get(address) ?? 0;
      const code = await until(`a code for ${address}`, () => codesIn(terminal, address).at(taken));
      codesTaken.set(address, taken + 1);
      return code;
    },
    signal: (name) => void child?.kill(name),
    kill,
    restart: start,
  };
}
