import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { PreparedCall } from "./mcp-call.ts";
import { MARK, wrkScript } from "./wrk-script.ts";

/** What one run of the load generator found. */
export interface Load {
  readonly calls: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Calls that were answered with another status than 2xx or 3xx, or not at all. */
  readonly failed: number;
}

/** How much load, and how long. */
export interface LoadPlan {
  readonly callers: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** The server has the other one. */
const CORE = "1";

const figuresSchema = z.object({
  requests: z.number(),
  microseconds: z.number(),
  p50: z.number(),
  p99: z.number(),
  connect: z.number(),
  read: z.number(),
  write: z.number(),
  timeout: z.number(),
  status: z.number(),
});

/** Reads what wrk printed. @throws Error when the line of figures is not in it. */
export function readLoad(output: string): Load {
  const line = output.split("\n").find((one) => one.startsWith(MARK));
  if (line === undefined) throw new Error(`wrk printed no figures:\n${output}`);
  const read = figuresSchema.parse(JSON.parse(line.slice(MARK.length)));
  return {
    calls: read.requests,
    seconds: read.microseconds / 1e6,
    p50Ms: read.p50 / 1000,
    p99Ms: read.p99 / 1000,
    failed: read.connect + read.read + read.write + read.timeout + read.status,
  };
}

async function run(args: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn("taskset", ["-c", CORE, "wrk", ...args], { stdio: ["ignore", "pipe", "pipe"], signal });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`wrk ended with ${child.exitCode ?? child.signalCode}:\n${output}`);
  return output;
}

/** Sends the calls in turn, as fast as they are answered: each caller sends its next one when its last has come back. */
export async function load(calls: readonly PreparedCall[], plan: LoadPlan): Promise<Load> {
  const [first] = calls;
  if (!first) throw new Error("There is no call to send.");
  const directory = mkdtempSync(join(tmpdir(), "bellhop-bench-wrk-"));
  try {
    const script = join(directory, "calls.lua");
    writeFileSync(script, wrkScript(calls), { mode: 0o600 });
    const amount = ["-t1", `-c${plan.callers}`, `-d${plan.seconds}s`, "--timeout", "10s"];
    return readLoad(await run([...amount, "-s", script, first.url.href], plan.signal));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
