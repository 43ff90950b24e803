import type { Findings } from "../figure.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-postgres.ts";
import type { Target } from "../measure.ts";
import { peerNamed, startPeer } from "../peers.ts";
import { measureInTurn } from "../rounds.ts";
import { startBellhop, startInParts } from "../start-bellhop.ts";
import type { Suite, SuiteRun } from "../suite.ts";
import { type CallCells, callFaults, callFigures } from "./calls-figures.ts";
import { type PartCell, partFaults, partFigures, partReport } from "./calls-part-figures.ts";
import { measureParts } from "./calls-parts.ts";
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

/** Whom the peers are set beside. */
async function measureWhole(
  all: SuiteRun,
): Promise<{ readonly subject: CallCells; readonly about: string | undefined }> {
  const { era, peers } = all.options;
  const stage: Stage = { targets: [], closers: [] };
  try {
    const database = await openDatabase(stage, all);
    await start(stage, all, database);
    const cells = await measureInTurn(stage.targets, { ...all.options, ...all });
    return { subject: { era, peers, cells }, about: database?.about };
  } finally {
    for (const close of stage.closers.toReversed()) await close();
  }
}

/** What each part of the door adds, by a server of its own. */
async function measureInParts(name: string, all: SuiteRun): Promise<readonly PartCell[]> {
  const stage: Stage = { targets: [], closers: [] };
  try {
    const database = name === ON_POSTGRES ? await openDatabase(stage, all) : undefined;
    all.log(`starting ${name} in parts`);
    const target = await startInParts(name, all.options.era, database);
    stage.closers.push(target.stop);
    return await measureParts(target, { ...all.options, ...all });
  } finally {
    for (const close of stage.closers.toReversed()) await close();
  }
}

async function run(all: SuiteRun): Promise<Findings> {
  const { subject, about } = await measureWhole(all);
  const inParts = [...(await measureInParts(EMBEDDED, all))];
  if (about !== undefined) inParts.push(...(await measureInParts(ON_POSTGRES, all)));
  return {
    figures: [...callFigures(subject), ...partFigures(inParts, subject.era)],
    report: `${callReport(subject, about)}\n\n${partReport(inParts)}`,
    faults: [...callFaults(subject), ...partFaults(inParts)],
  };
}

/** `tools/call` of `echo`: ours with sign-in, scopes and a receipt committed before each answer, the peers without. */
export const calls: Suite = {
  name: "calls",
  about: "an authenticated echo with its receipt, beside the official SDK's bare server",
  run,
};
