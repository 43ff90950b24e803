import type { PreparedCall } from "./mcp-call.ts";
import { type Target, measure } from "./measure.ts";

const SLICE = { callers: 16, seconds: 2 };
const LEAST = 5;
const MOST = 12;
/** A slice that is cheaper than the best before by less than this share brought nothing new. */
const NOTICEABLE = 0.05;

/**
 * True once two slices on end were not noticeably cheaper than the best before them.
 * @param costs CPU time of a call, slice by slice; it depends less than the rate on what else the machine does
 */
export function isWarm(costs: readonly number[]): boolean {
  const best = Math.min(...costs.slice(0, -2));
  return costs.length >= LEAST && costs.slice(-2).every((cost) => cost > best * (1 - NOTICEABLE));
}

/**
 * Puts a server under load until its code is compiled. A short fixed time would favour the small servers: one with little
 * code is warm within a second, one with much after ten.
 * @returns what a call cost in CPU time, slice by slice, in microseconds
 */
export async function warmUp(
  target: Target,
  calls: readonly PreparedCall[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const costs: number[] = [];
  while (costs.length < MOST && !isWarm(costs)) costs.push((await measure(target, calls, { ...SLICE, signal })).cpuUs);
  return costs;
}
