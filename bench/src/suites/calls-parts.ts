import { type DoorPart, doorParts } from "../door-parts.ts";
import { checkCall } from "../mcp-call.ts";
import type { Sample } from "../measure.ts";
import { prepared, type RoundsPlan, sampleOf, warm } from "../rounds.ts";
import type { TargetInParts } from "../start-bellhop.ts";
import type { PartCell } from "./calls-part-figures.ts";

/** What is measured in each round: the whole, and the whole without each part. */
const subjects: readonly (DoorPart | null)[] = [null, ...doorParts];

const nameOf = (target: string, absent: DoorPart | null): string =>
  absent === null ? `${target} whole` : `${target} without ${absent}`;

/**
 * Measures one server whole and without each part, in turn, under the largest load alone: there a call waits for no timer
 * and no wire, so that what a part costs shows. Every other round runs backwards.
 */
export async function measureParts(target: TargetInParts, plan: RoundsPlan): Promise<readonly PartCell[]> {
  const callers = Math.max(...plan.callers);
  await warm(target, plan);
  const { calls } = await prepared(target);
  const samples = new Map<DoorPart | null, Sample[]>(subjects.map((absent) => [absent, []]));
  for (let round = 0; round < plan.rounds; round += 1)
    for (const absent of round % 2 === 0 ? subjects : subjects.toReversed()) {
      await target.leaveOut(absent);
      const named = { ...target, name: nameOf(target.name, absent) };
      samples.get(absent)?.push(await sampleOf({ target: named, calls }, callers, plan));
    }
  await target.leaveOut(null);
  for (const call of calls) await checkCall(call);
  const whole = samples.get(null) ?? [];
  return doorParts.map((part) => ({
    target: target.name,
    callers,
    part,
    whole,
    without: samples.get(part) ?? [],
  }));
}
