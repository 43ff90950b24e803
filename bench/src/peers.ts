import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { freePort } from "../../test/bellhop.ts";
import { BenchError } from "./bench-error.ts";
import { launch } from "./launch.ts";
import { processTree } from "./machine.ts";
import { type Era, checkCall, prepareCall } from "./mcp-call.ts";
import type { Target } from "./measure.ts";
import { runProgram } from "./run-program.ts";

/** A server to measure beside ours; `peers/NAME/server.mjs` listens on `PORT` of this machine at `/mcp`. */
export interface Peer {
  readonly name: string;
  readonly about: string;
  /** False for a server that answers every request alike, whatever the era. */
  readonly speaksMcp: boolean;
}

/** All peers. The first is the limit: nothing in Node answers HTTP faster. */
export const peers: readonly Peer[] = [
  { name: "raw-fixed", about: "node:http with one fixed answer: the limit of this machine", speaksMcp: false },
  { name: "sdk-v2", about: "the official TypeScript SDK, bare: no sign-in, no receipts", speaksMcp: true },
  { name: "tmcp", about: "the fastest other TypeScript server known to us, bare", speaksMcp: true },
];

const ROOT = join(import.meta.dirname, "..", "..");
const folderOf = (peer: Peer): string => join(ROOT, "bench", "peers", peer.name);

const manifestSchema = z.object({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

const readManifest = (folder: string): z.infer<typeof manifestSchema> | undefined => {
  const path = join(folder, "package.json");
  return existsSync(path) ? manifestSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : undefined;
};

/** What the peer asks for, and does not find in exactly that version where Node would look: its own folder, then ours. */
export function missingDependencies(folder: string, root: string): readonly string[] {
  const wanted = Object.entries(readManifest(folder)?.dependencies ?? {});
  const found = (name: string): string | undefined =>
    [folder, root]
      .map((place) => readManifest(join(place, "node_modules", name))?.version)
      .find((version) => version !== undefined);
  return wanted.filter(([name, version]) => found(name) !== version).map(([name, version]) => `${name} ${version}`);
}

/** @throws BenchError when there is no such peer. */
export function peerNamed(name: string): Peer {
  const peer = peers.find((one) => one.name === name);
  if (peer) return peer;
  throw new BenchError(
    `There is no peer \`${name}\`. The peers are:\n${peers.map((one) => `  ${one.name}: ${one.about}`).join("\n")}`,
  );
}

/** Installs what a peer asks for into its own folder, from its lockfile. @throws BenchError when npm fails. */
export async function installPeer(name: string): Promise<void> {
  const folder = folderOf(peerNamed(name));
  if (missingDependencies(folder, ROOT).length === 0) return;
  if (!(await runProgram("npm", ["ci", "--ignore-scripts"], folder)))
    throw new BenchError(`npm could not install ${name}.`);
}

/**
 * Starts a peer and waits for its first right answer.
 * @throws BenchError when it was not installed.
 */
export async function startPeer(peer: Peer, era: Era): Promise<Target> {
  const folder = folderOf(peer);
  const missing = missingDependencies(folder, ROOT);
  if (missing.length > 0)
    throw new BenchError(
      `The peer ${peer.name} needs ${missing.join(", ")}. Install it: npm run bench -- --install ${peer.name}`,
    );
  const port = await freePort();
  const running = launch({ args: ["server.mjs"], cwd: folder, environment: { PORT: String(port) } });
  const prepare = async () => [await prepareCall(`http://127.0.0.1:${port}/mcp`, peer.speaksMcp ? era : "2026-07-28")];
  const ask = async (): Promise<void> => {
    for (const call of await prepare()) await checkCall(call);
  };
  await running.ready(ask).catch(async (error: unknown) => {
    await running.stop();
    throw error;
  });
  return {
    name: peer.name,
    pids: () => processTree(running.pid),
    databasePids: async () => [],
    prepare,
    stop: running.stop,
  };
}
