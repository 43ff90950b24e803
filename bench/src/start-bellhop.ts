import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../test/bellhop.ts";
import { type PrivyApp, linkWithPrivy, privyApp } from "../../test/clients/raw-link.ts";
import type { FreshDatabase } from "./fresh-postgres.ts";
import type { DoorPart } from "./door-parts.ts";
import { launch } from "./launch.ts";
import { processTree } from "./machine.ts";
import { type Era, prepareCall } from "./mcp-call.ts";
import type { Target } from "./measure.ts";

/** People whose calls are sent in turn, each with a link of their own; fewer than may register in a minute. */
const PEOPLE = 10;
/** What an operator runs. */
const COMMAND = [join(import.meta.dirname, "..", "..", "dist", "cli", "bellhop.js"), "start"];
/** The same server, with parts that can be left out. */
const IN_PARTS = [join(import.meta.dirname, "bellhop-without.ts")];

async function healthy(url: string): Promise<void> {
  const { status } = await fetch(`${url}/health`);
  if (status !== 200) throw new Error(`/health was answered with ${status}.`);
}

/** Access tokens of different people, got as any client gets them. */
async function link(url: string, app: PrivyApp): Promise<readonly string[]> {
  const tokens: string[] = [];
  for (let person = 1; person <= PEOPLE; person += 1)
    tokens.push((await linkWithPrivy(url, app, `did:privy:bench-${person}`)).access_token);
  return tokens;
}

const environmentOf = (directory: string, port: number, app: PrivyApp, database: FreshDatabase | undefined) => ({
  PORT: String(port),
  SERVER_BASE_URL: `http://127.0.0.1:${port}`,
  BELLHOP_DATA_DIR: join(directory, "data"),
  // Ten people call as fast as they can: the limit is counted as ever, and never reached.
  BELLHOP_CALLS_PER_MINUTE: "100000000",
  PRIVY_APP_ID: app.appId,
  PRIVY_VERIFICATION_KEY: app.verificationKey,
  ...(database ? { DATABASE_URL: database.url } : {}),
});

/** A server that runs, with an app whose tokens it takes for sign-in. */
export interface StartedBellhop {
  readonly url: string;
  readonly app: PrivyApp;
  pids(): readonly number[];
  databasePids(): Promise<readonly number[]>;
  /** Says something to a program that listens, and waits until it has answered. */
  tell(word: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Bellhop as an operator does, with fresh data.
 * @param database PostgreSQL; absent means the embedded database
 */
export async function launchBellhop(database?: FreshDatabase, args = COMMAND): Promise<StartedBellhop> {
  const directory = mkdtempSync(join(tmpdir(), "bellhop-bench-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = await privyApp();
  const environment = environmentOf(directory, port, app, database);
  const running = launch({ args, cwd: directory, environment });
  async function stop(): Promise<void> {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  try {
    await running.ready(() => healthy(url));
  } catch (error) {
    await stop();
    throw error;
  }
  const databasePids = async () => (await database?.pids()) ?? [];
  return { url, app, pids: () => processTree(running.pid), databasePids, tell: running.tell, stop };
}

/** Starts it and links ten people. */
async function startLinked(
  { name, era, args }: { readonly name: string; readonly era: Era; readonly args: string[] },
  database: FreshDatabase | undefined,
): Promise<Target & Pick<StartedBellhop, "tell">> {
  const { url, app, ...running } = await launchBellhop(database, args);
  try {
    const tokens = await link(url, app);
    const prepare = () => Promise.all(tokens.map((token) => prepareCall(`${url}/mcp`, era, token)));
    return { name, prepare, ...running };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Starts it as an operator does and links ten people. */
export const startBellhop = (name: string, era: Era, database?: FreshDatabase): Promise<Target> =>
  startLinked({ name, era, args: COMMAND }, database);

/** A server of which one part at a time can be left out. */
export interface TargetInParts extends Target {
  /** Leaves out one part and puts back any other; null for none. */
  leaveOut(part: DoorPart | null): Promise<void>;
}

/** Starts one whose parts can be left out and links ten people. */
export async function startInParts(name: string, era: Era, database?: FreshDatabase): Promise<TargetInParts> {
  const { tell, ...target } = await startLinked({ name, era, args: IN_PARTS }, database);
  return { ...target, leaveOut: (part) => tell(part ?? "nothing") };
}
