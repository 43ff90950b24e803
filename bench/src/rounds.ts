import { waitForQuiet } from "./machine.ts";
import { type PreparedCall, checkCall } from "./mcp-call.ts";
import { type Sample, type Target, isDisturbed, measure } from "./measure.ts";
import { readable } from "./statistics.ts";
import { warmUp } from "./warm-up.ts";

/** How to measure. */
export interface RoundsPlan {
  readonly callers: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  /** Neither waits for a quiet machine nor takes a disturbed sample again. */
  readonly noisy: boolean;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Every sample of one target under one load. */
export interface Cell {
  readonly target: string;
  readonly callers: number;
  readonly samples: readonly Sample[];
}

/** A sample is taken again this often at most; then the last one stands, and is counted as disturbed. */
export const ATTEMPTS = 7;

/** A target whose calls were answered rightly a moment ago. */
export interface Prepared {
  readonly target: Target;
  readonly calls: readonly PreparedCall[];
  readonly samples: Sample[];
}

/** Makes its calls, and each once. @throws Error when one is answered wrongly. */
export async function prepared(target: Target): Promise<Prepared> {
  const calls = await target.prepare();
  for (const call of calls) await checkCall(call);
  return { target, calls, samples: [] };
}

/** A sample as a line of progress. */
export function describe(name: string, callers: number, sample: Sample): string {
  const cost = `${readable(sample.cpuUs)} us of CPU a call`;
  return `${name}, ${callers} callers: ${readable(sample.callsPerSecond)} calls/s, p99 ${readable(sample.p99Ms)} ms, ${cost}, others ${sample.others.toFixed(2)}`;
}

/** One sample that stands. */
export async function sampleOf(
  { target, calls }: Omit<Prepared, "samples">,
  callers: number,
  plan: RoundsPlan,
): Promise<Sample> {
  for (let attempt = 1; ; attempt += 1) {
    if (!plan.noisy) await waitForQuiet(plan.signal);
    const sample = await measure(target, calls, { callers, seconds: plan.seconds, signal: plan.signal });
    plan.log(describe(target.name, callers, sample));
    if (plan.noisy || !isDisturbed(sample) || attempt === ATTEMPTS) return sample;
    plan.log("  again: others used the machine");
  }
}

/** All rounds under one load. Every other round runs backwards, so that a drift of the machine favours nobody. */
async function underLoad(targets: readonly Target[], callers: number, plan: RoundsPlan): Promise<readonly Cell[]> {
  const all = await Promise.all(targets.map(prepared));
  for (let round = 0; round < plan.rounds; round += 1)
    for (const one of round % 2 === 0 ? all : all.toReversed()) one.samples.push(await sampleOf(one, callers, plan));
  for (const { calls } of all) for (const call of calls) await checkCall(call);
  return all.map(({ target, samples }) => ({ target: target.name, callers, samples }));
}

/** Puts a target under load until its calls no longer get cheaper. */
export async function warm(target: Target, { signal, log }: Pick<RoundsPlan, "signal" | "log">): Promise<void> {
  const costs = await warmUp(target, (await prepared(target)).calls, signal);
  log(`warmed ${target.name}: ${costs.map((cost) => Math.round(cost)).join(", ")} us of CPU a call`);
}

/**
 * Measures all targets in turn, A B C, C B A, ..., under each load. Answers are checked before and after.
 * @throws Error when a server answers wrongly, BenchError when the machine does not become quiet.
 */
export async function measureInTurn(targets: readonly Target[], plan: RoundsPlan): Promise<readonly Cell[]> {
  for (const target of targets) await warm(target, plan);
  const cells: Cell[] = [];
  for (const callers of plan.callers) cells.push(...(await underLoad(targets, callers, plan)));
  return cells;
}
