import { setTimeout as pause } from "node:timers/promises";
import type { Bellhop, Lasting } from "../bellhop.ts";
import type { Engine } from "../database.ts";
import { type Dice, dice } from "../oauth/fuzz/dice.ts";
import { type Scene, work } from "./acts.ts";
import { audit } from "./audit.ts";
import { type Finding, isUnanswered } from "./book.ts";
import type { LinkedPerson } from "../clients/linked-person.ts";
import { settle } from "./settle.ts";
import { openWorld, type World } from "./world.ts";

/** What to run. */
export interface ChaosPlan {
  readonly engine: Engine;
  readonly rounds: number;
  readonly seed: number;
  /** Told how each round went, in one line. */
  readonly log: (line: string) => void;
}

/** Assistants with one call at a time each. */
const WORKERS = 8;
const PEOPLE = 3;
/** People are new after so many rounds, so that their tokens are fresh, and their receipts can be read to the end each time. */
const ROUNDS_OF_A_PERSON = 8;
/** Longer than a call without a job may be open before the same call closes it, as its process has died. */
const DEAD_AFTER_MS = 90_000;

/** Which servers die: the only one, one of two, or both. */
function victims(servers: readonly Bellhop[], choice: Dice): readonly Bellhop[] {
  return servers.length > 1 && choice.below(3) > 0 ? [choice.pick(servers)] : servers;
}

/** Kills without a warning and starts again, at times once more while the servers are still finding out what happened. */
async function killAndRestart(servers: readonly Bellhop[], choice: Dice): Promise<number> {
  const dying = victims(servers, choice);
  await Promise.all(dying.map((server) => server.kill()));
  await Promise.all(dying.map((server) => server.restart()));
  if (choice.below(4) > 0) return dying.length;
  await pause(choice.below(400));
  await Promise.all(dying.map((server) => server.kill()));
  await Promise.all(dying.map((server) => server.restart()));
  return dying.length * 2;
}

/** One round: everything happens at once, somebody dies, and afterwards all of it has to add up. */
async function round(
  world: World,
  number: number,
  people: readonly LinkedPerson[],
  { seed, log }: ChaosPlan,
): Promise<Scene> {
  const choice = dice(seed * 1_000 + number);
  let acts = 0;
  const freshKey = (): string => `chaos-${world.engine}-${seed}-${number}-${(acts += 1)}`;
  const scene: Scene = { people, servers: world.servers, acts: [], findings: [], freshKey };
  await world.till.answers(choice.below(2) === 0);
  let over = false;
  const working = Array.from({ length: WORKERS }, (_, index) =>
    work(scene, dice(seed * 1_000_000 + number * 1_000 + index), () => over),
  );
  const killedAfter = 100 + choice.below(1_200);
  await pause(killedAfter);
  const dying = killAndRestart(world.servers, choice);
  await pause(choice.below(300));
  over = true;
  const killed = await dying;
  await Promise.all(working);
  const unanswered = scene.acts.filter(isUnanswered).length;
  world.pass(DEAD_AFTER_MS);
  await world.till.answers(true);
  const settling = performance.now();
  await settle(world, scene, choice);
  const settled = Math.round(performance.now() - settling);
  scene.findings.push(...(await audit(world, scene, choice)));
  log(
    `round ${number} on ${world.engine}: ${scene.acts.length} calls, ${killed} killed after ${killedAfter} ms, ${unanswered} without an answer, settled in ${settled} ms, ${scene.findings.length} findings`,
  );
  for (const { trouble, what } of scene.findings) log(`  ${trouble}: ${what}`);
  return scene;
}

/** Runs rounds on one database, from what the rounds before have left. */
export async function chaos(t: Lasting, plan: ChaosPlan): Promise<readonly Finding[]> {
  if (plan.rounds === 0) return [];
  const world = await openWorld(t, plan.engine, plan.seed);
  const findings: Finding[] = [];
  let people: readonly LinkedPerson[] = [];
  for (let number = 1; number <= plan.rounds; number += 1) {
    if (number % ROUNDS_OF_A_PERSON === 1) people = await Promise.all(Array.from({ length: PEOPLE }, world.newPerson));
    findings.push(...(await round(world, number, people, plan)).findings);
  }
  for (const server of world.servers)
    for (const line of server.terminal().split("\n"))
      if (/"level":(?:50|60)/.test(line)) findings.push({ trouble: "lost", what: `the log of a server: ${line}` });
  return findings;
}
