import { setTimeout as pause } from "node:timers/promises";
import type { Dice } from "../oauth/fuzz/dice.ts";
import { make, type Scene, wish } from "./acts.ts";
import { type Act, isUnanswered } from "./book.ts";
import { LEASE_SECONDS, type World } from "./world.ts";

/** A lease that runs out, a run after it, and as much again for a machine that has other things to do. */
const BOUND_MS = LEASE_SECONDS * 1000 + 25_000;

const listOf = (acts: readonly Act[]): string => acts.map(({ key }) => `'${key}'`).join(", ");

/** Calls of this round that have not ended, in words. What waits for the person alone has ended as far as we go. */
async function open(world: World, acts: readonly Act[]): Promise<readonly string[]> {
  const rows = await world.look(`
    select o.tool, o.key, o.state, j.status, j.hidden, j.attempt, j.code
    from operations o left join tool_jobs j on j.id = o.id
    where o.key in (${listOf(acts)})
      and (o.state in ('queued', 'open', 'unknown') or j.status in ('queued', 'running'))`);
  return rows.map(({ tool, key, state, status, attempt, code }) =>
    [tool, key, state, status && `job ${status}, run ${attempt} ${code ?? ""}`].filter(Boolean).join(" "),
  );
}

/** Someone who was not answered asks again; who was not told says it again. */
async function insist(scene: Scene, dice: Dice): Promise<void> {
  const at = () => dice.pick(scene.servers);
  await Promise.all(scene.acts.filter(isUnanswered).map((act) => make(scene, act, at())));
  await Promise.all(scene.acts.map((act) => wish(scene, act, at())));
}

const isSettled = (act: Act): boolean =>
  !isUnanswered(act) && !(act.pending?.kind === "approval" && act.told === undefined);

/**
 * Waits until everybody is answered and nothing is under way any more, and no longer than leases allow: what is still
 * open then is stuck.
 */
export async function settle(world: World, scene: Scene, dice: Dice): Promise<void> {
  const end = Date.now() + BOUND_MS;
  for (;;) {
    await insist(scene, dice);
    const left = scene.acts
      .filter((act) => !isSettled(act))
      .map(({ kind, key, said }) => `${kind} ${key}: ${said.join(", ")}`);
    const under = left.length > 0 ? left : await open(world, scene.acts);
    if (under.length === 0) return;
    if (Date.now() > end) {
      for (const what of under) scene.findings.push({ trouble: "stuck", what });
      return;
    }
    await pause(100);
  }
}
