import type { Figure } from "../figure.ts";
import type { Era } from "../mcp-call.ts";
import { type Sample, isDisturbed } from "../measure.ts";
import type { Cell } from "../rounds.ts";
import { median } from "../statistics.ts";

/** What the suite `calls` measured. */
export interface CallCells {
  readonly era: Era;
  /** Names of the targets that ours are set beside. */
  readonly peers: readonly string[];
  readonly cells: readonly Cell[];
}

const measures = [
  { of: "callsPerSecond", name: "rate", unit: "calls/s" },
  { of: "p50Ms", name: "p50", unit: "ms" },
  { of: "p99Ms", name: "p99", unit: "ms" },
  { of: "cpuUs", name: "cpu", unit: "us/call" },
] as const;

/** The median of one measure over the samples of a cell. */
export const medianOf = (cell: Cell, measure: keyof Sample): number =>
  median(cell.samples.map((sample) => sample[measure]));

/** The peers' cells under the load of another cell. */
export const besideOf = (cell: Cell, { cells, peers }: CallCells): readonly Cell[] =>
  cells.filter(({ target, callers }) => callers === cell.callers && target !== cell.target && peers.includes(target));

const figuresOf = (cell: Cell, other: Cell, era: Era): readonly Figure[] =>
  measures.map(({ of, name, unit }) => {
    const value = medianOf(cell, of);
    return {
      suite: "calls",
      name: `${cell.target} echo ${era} c${cell.callers} ${name}`,
      value,
      unit,
      against: other.target,
      ratio: value / medianOf(other, of),
      runs: cell.samples.length,
    };
  });

/** Ours against each peer, under each load. */
export const callFigures = (subject: CallCells): readonly Figure[] =>
  subject.cells
    .filter(({ target }) => !subject.peers.includes(target))
    .flatMap((cell) => besideOf(cell, subject).flatMap((other) => figuresOf(cell, other, subject.era)));

/** Why the figures must not be trusted: a call that failed is no fast call. */
export const callFaults = ({ cells }: CallCells): readonly string[] =>
  cells.flatMap(({ target, callers, samples }) => {
    const failed = samples.reduce((sum, sample) => sum + sample.failed, 0);
    return failed > 0 ? [`${target}: ${failed} calls failed at ${callers} callers.`] : [];
  });

/** How many samples were taken while others used the machine. */
export const disturbed = ({ cells }: CallCells): { readonly samples: number; readonly of: number } => {
  const samples = cells.flatMap((cell) => cell.samples);
  return { samples: samples.filter(isDisturbed).length, of: samples.length };
};
