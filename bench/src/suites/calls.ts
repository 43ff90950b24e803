import type { Findings } from "../figure.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-postgres.ts";
import type { Target } from "../measure.ts";
import { peerNamed, startPeer } from "../peers.ts";
import { measureInTurn } from "../rounds.ts";
import { startBellhop } from "../start-bellhop.ts";
import type { Suite, SuiteRun } from "../suite.ts";
import { callFaults, callFigures } from "./calls-figures.ts";
import { callReport } from "./calls-report.ts";

/** Ours, named after the database that it uses. */
const EMBEDDED = "bellhop-embedded";
const ON_POSTGRES = "bellhop-postgres";

/** Everything that runs, and what ends it. */
interface Stage {
  readonly targets: Target[];
  readonly closers: (() => Promise<void>)[];
}

async function enter(stage: Stage, name: string, { log }: SuiteRun, starting: () => Promise<Target>): Promise<void> {
  log(`starting ${name}`);
  const target = await starting();
  stage.targets.push(target);
  stage.closers.push(target.stop);
}

async function openDatabase(stage: Stage, { options }: SuiteRun): Promise<FreshDatabase | undefined> {
  if (options.postgres === undefined) return undefined;
  const database = await freshDatabase(options.postgres);
  stage.closers.push(database.drop);
  return database;
}

/** Starts everyone: the peers, then ours on each database. */
async function start(stage: Stage, parts: SuiteRun, database: FreshDatabase | undefined): Promise<void> {
  const { era } = parts.options;
  const peers = parts.options.peers.map(peerNamed);
  for (const peer of peers) await enter(stage, peer.name, parts, () => startPeer(peer, era));
  await enter(stage, EMBEDDED, parts, () => startBellhop(EMBEDDED, era));
  if (database) await enter(stage, ON_POSTGRES, parts, () => startBellhop(ON_POSTGRES, era, database));
}

async function run(parts: SuiteRun): Promise<Findings> {
  const { era, peers } = parts.options;
  const stage: Stage = { targets: [], closers: [] };
  try {
    const database = await openDatabase(stage, parts);
    await start(stage, parts, database);
    const cells = await measureInTurn(stage.targets, { ...parts.options, ...parts });
    const subject = { era, peers, cells };
    return {
      figures: callFigures(subject),
      report: callReport(subject, database?.about),
      faults: callFaults(subject),
    };
  } finally {
    for (const close of stage.closers.toReversed()) await close();
  }
}

/** `tools/call` of `echo`: ours with sign-in, scopes and a receipt committed before each answer, the peers without. */
export const calls: Suite = {
  name: "calls",
  about: "an authenticated echo with its receipt, beside the official SDK's bare server",
  run,
};
