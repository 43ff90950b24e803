import type { Figure } from "../figure.ts";
import { isDisturbed, type Sample } from "../measure.ts";
import { median } from "../statistics.ts";

/** What a token endpoint is asked for. */
export const steps = ["code-exchange", "refresh"] as const;
export type Step = (typeof steps)[number];

/** Every sample of one server, one step and one load. */
export interface TokenCell {
  readonly target: string;
  /** Whom it is set beside; absent for those who are the measure. */
  readonly beside: string | undefined;
  readonly step: Step;
  readonly callers: number;
  readonly samples: readonly Sample[];
}

const measures = [
  { of: "callsPerSecond", name: "rate", unit: "requests/s" },
  { of: "p50Ms", name: "p50", unit: "ms" },
  { of: "p99Ms", name: "p99", unit: "ms" },
  { of: "cpuUs", name: "cpu", unit: "us/request" },
] as const;

/** The median of one measure over the samples of a cell. */
export const medianOf = ({ samples }: TokenCell, measure: keyof Sample): number =>
  median(samples.map((sample) => sample[measure]));

/** The cell that another is set beside. */
export const besideOf = (cell: TokenCell, cells: readonly TokenCell[]): TokenCell | undefined =>
  cells.find(({ target, step, callers }) => target === cell.beside && step === cell.step && callers === cell.callers);

/** Ours against oidc-provider on the same database. */
export const tokenFigures = (cells: readonly TokenCell[]): readonly Figure[] =>
  cells.flatMap((cell) => {
    const other = besideOf(cell, cells);
    if (!other) return [];
    return measures.map(({ of, name, unit }) => ({
      suite: "oauth",
      name: `${cell.target} ${cell.step} c${cell.callers} ${name}`,
      value: medianOf(cell, of),
      unit,
      against: other.target,
      ratio: medianOf(cell, of) / medianOf(other, of),
      runs: cell.samples.length,
    }));
  });

/** Why the figures must not be trusted: a refused request is no fast one. */
export const tokenFaults = (cells: readonly TokenCell[]): readonly string[] =>
  cells.flatMap(({ target, step, callers, samples }) => {
    const failed = samples.reduce((sum, sample) => sum + sample.failed, 0);
    return failed > 0 ? [`${target}: ${failed} of ${step} failed at ${callers} callers.`] : [];
  });

/** How many samples were taken while others used the machine. */
export const disturbedOf = (cells: readonly TokenCell[]): { readonly samples: number; readonly of: number } => {
  const samples = cells.flatMap((cell) => cell.samples);
  return { samples: samples.filter(isDisturbed).length, of: samples.length };
};
