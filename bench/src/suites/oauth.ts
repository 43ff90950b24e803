import type { Findings } from "../figure.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-postgres.ts";
import { waitForQuiet } from "../machine.ts";
import { isDisturbed, measureLoad, type Sample } from "../measure.ts";
import { ATTEMPTS, describe } from "../rounds.ts";
import { sendTokens } from "../send-tokens.ts";
import type { Suite, SuiteRun } from "../suite.ts";
import { startOurs, startTheirs, type TokenTarget } from "../token-targets.ts";
import { type Step, steps, tokenFaults, tokenFigures, type TokenCell } from "./oauth-figures.ts";
import { tokenReport } from "./oauth-report.ts";

/** Codes of a sample for each second that it shall last. They live for a minute, so they are made just before. */
const PER_SECOND = 150;
const WARM_UP = 400;

/** One server, and whom it is set beside. */
interface Contender {
  readonly target: TokenTarget;
  readonly beside: string | undefined;
}

type Samples = Record<Step, Sample>;

/** Exchanges fresh codes, then refreshes what came of them: the two samples of one turn. */
async function turn(target: TokenTarget, count: number, callers: number, signal: AbortSignal): Promise<Samples> {
  const send = async (forms: readonly string[]) => {
    let refreshTokens: readonly string[] = [];
    const sample = await measureLoad(target, async () => {
      const sent = await sendTokens({ url: target.tokenUrl, callers, forms }, signal);
      refreshTokens = sent.refreshTokens;
      return sent.load;
    });
    return { sample, refreshTokens };
  };
  const exchanged = await send(await target.mint(count));
  const refreshed = await send(exchanged.refreshTokens.map(target.refreshForm));
  return { "code-exchange": exchanged.sample, refresh: refreshed.sample };
}

/** A turn that stands: one during which others used the machine is taken again. */
async function standing(target: TokenTarget, callers: number, { options, signal, log }: SuiteRun): Promise<Samples> {
  for (let attempt = 1; ; attempt += 1) {
    if (!options.noisy) await waitForQuiet(signal);
    const samples = await turn(target, options.seconds * PER_SECOND, callers, signal);
    for (const step of steps) log(describe(`${target.name} ${step}`, callers, samples[step]));
    const undisturbed = !steps.some((step) => isDisturbed(samples[step]));
    if (options.noisy || undisturbed || attempt === ATTEMPTS) return samples;
    log("  again: others used the machine");
  }
}

async function underLoad(all: readonly Contender[], callers: number, parts: SuiteRun): Promise<readonly TokenCell[]> {
  const kept = all.map((contender) => ({ ...contender, turns: new Array<Samples>() }));
  for (let round = 0; round < parts.options.rounds; round += 1)
    for (const one of round % 2 === 0 ? kept : kept.toReversed())
      one.turns.push(await standing(one.target, callers, parts));
  return steps.flatMap((step) =>
    kept.map(({ target, beside, turns }) => ({
      target: target.name,
      beside,
      step,
      callers,
      samples: turns.map((samples) => samples[step]),
    })),
  );
}

interface Stage {
  readonly contenders: Contender[];
  readonly closers: (() => Promise<void>)[];
}

/** A database of its own for each, so that neither reads past the other's rows. */
async function enterOn(stage: Stage, kind: "embedded" | "postgres", { options, log }: SuiteRun): Promise<string> {
  const fresh = async (): Promise<FreshDatabase | undefined> => {
    if (kind === "embedded" || options.postgres === undefined) return undefined;
    const database = await freshDatabase(options.postgres);
    stage.closers.push(database.drop);
    return database;
  };
  const enter = async (target: TokenTarget, beside: string | undefined): Promise<void> => {
    stage.contenders.push({ target, beside });
    stage.closers.push(target.stop);
  };
  log(`starting both on ${kind}`);
  const [first, second] = [await fresh(), await fresh()];
  await enter(await startTheirs(`oidc-provider-${kind}`, first), undefined);
  await enter(await startOurs(`bellhop-${kind}`, second), `oidc-provider-${kind}`);
  return first?.about ?? "";
}

async function run(parts: SuiteRun): Promise<Findings> {
  const { options, signal, log } = parts;
  const stage: Stage = { contenders: [], closers: [] };
  try {
    await enterOn(stage, "embedded", parts);
    const about = options.postgres === undefined ? undefined : await enterOn(stage, "postgres", parts);
    for (const { target } of stage.contenders) {
      for (let slice = 0; slice < 3; slice += 1) await turn(target, WARM_UP, 8, signal);
      log(`warmed ${target.name}`);
    }
    const cells: TokenCell[] = [];
    for (const callers of options.callers) cells.push(...(await underLoad(stage.contenders, callers, parts)));
    return { figures: tokenFigures(cells), report: tokenReport(cells, about), faults: tokenFaults(cells) };
  } finally {
    for (const close of stage.closers.toReversed()) await close();
  }
}

/** Codes and refresh tokens becoming pairs of tokens: ours beside the certified engine, on the same kind of database. */
export const oauth: Suite = {
  name: "oauth",
  about: "code exchange and refresh, beside oidc-provider on the same database",
  run,
};
