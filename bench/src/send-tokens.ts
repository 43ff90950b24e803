import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as z from "zod";
import type { Load } from "./wrk.ts";

/** Forms for a token endpoint, each to be sent once. */
export interface TokenJob {
  readonly url: string;
  /** How many are under way at once. */
  readonly callers: number;
  readonly forms: readonly string[];
}

/** The server has the other one. */
const CORE = "1";
const PROGRAM = join(import.meta.dirname, "token-load.ts");

const outcome = z.object({
  seconds: z.number(),
  milliseconds: z.array(z.number()),
  failed: z.number(),
  refreshTokens: z.array(z.string()),
});

/** The value below which this share of the values lies. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Sends them from a process on a core of its own. @returns what it found, and the refresh tokens that came back */
export async function sendTokens(
  job: TokenJob,
  signal: AbortSignal,
): Promise<{ readonly load: Load; readonly refreshTokens: readonly string[] }> {
  const child = spawn("taskset", ["-c", CORE, process.execPath, PROGRAM], {
    stdio: ["pipe", "pipe", "inherit"],
    signal,
  });
  child.stdin.end(JSON.stringify(job));
  // The CPU time of a child counts as ours only once it has ended.
  const [printed] = await Promise.all([text(child.stdout), once(child, "close")]);
  const found = outcome.parse(JSON.parse(printed));
  return {
    refreshTokens: found.refreshTokens,
    load: {
      calls: found.milliseconds.length,
      seconds: found.seconds,
      p50Ms: percentile(found.milliseconds, 0.5),
      p99Ms: percentile(found.milliseconds, 0.99),
      failed: found.failed,
    },
  };
}
