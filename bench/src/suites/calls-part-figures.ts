import type { DoorPart } from "../door-parts.ts";
import type { Figure } from "../figure.ts";
import type { Era } from "../mcp-call.ts";
import { isDisturbed, type Sample } from "../measure.ts";
import { median } from "../statistics.ts";
import { textTable } from "../text-table.ts";

/** A server whole and without one part, sample beside sample of the same round. */
export interface PartCell {
  readonly target: string;
  readonly callers: number;
  readonly part: DoorPart;
  readonly whole: readonly Sample[];
  readonly without: readonly Sample[];
}

/** What a call costs: the time that it takes when all call as fast as they can, or the CPU time that it uses. */
const costs = [
  { name: "time", of: ({ callsPerSecond }: Sample) => 1 / callsPerSecond },
  { name: "cpu", of: ({ cpuUs, databaseCpuUs }: Sample) => cpuUs + databaseCpuUs },
] as const;

type Cost = (typeof costs)[number];

/**
 * The whole's cost divided by the cost without the part, round by round. Neighbours in time are set against each other,
 * since a part costs less than a machine drifts in a minute.
 */
const ratiosOf = ({ whole, without }: PartCell, cost: Cost): readonly number[] =>
  whole.flatMap((sample, round) => {
    const beside = without[round];
    return beside ? [cost.of(sample) / cost.of(beside)] : [];
  });

/** What a part adds, in per cent of the cost without it. */
const percent = (ratio: number): number => (ratio - 1) * 100;

/** What each part adds to a call. */
export const partFigures = (cells: readonly PartCell[], era: Era): readonly Figure[] =>
  cells.flatMap((cell) =>
    costs.map((cost) => {
      const ratios = ratiosOf(cell, cost);
      return {
        suite: "calls",
        name: `${cell.target} echo ${era} c${cell.callers} ${cell.part} adds ${cost.name}`,
        value: percent(median(ratios)),
        unit: "%",
        against: `${cell.target} without ${cell.part}`,
        ratio: median(ratios),
        runs: ratios.length,
      };
    }),
  );

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(1)}%`;

/** The median, and what it lies between. */
function range(cell: PartCell, cost: Cost): string {
  const ratios = ratiosOf(cell, cost);
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map(percent);
  return `${signed(percent(median(ratios)))} (${signed(low ?? 0)} to ${signed(high ?? 0)})`;
}

/** The same for a reader. */
export function partReport(cells: readonly PartCell[]): string {
  const [first] = cells;
  if (!first) return "";
  const samples = [...new Set(cells.flatMap(({ whole, without }) => [...whole, ...without]))];
  const head = [`${first.callers} callers`, "part", "adds time", "adds CPU"];
  const rows = cells.map((cell) => [cell.target, cell.part, ...costs.map((cost) => range(cell, cost))]);
  const { length: rounds } = first.whole;
  return [
    `What a part of the door adds to a call: median (lowest to highest) of ${rounds === 1 ? "1 round" : `${rounds} rounds`}`,
    textTable(head, rows),
    `${samples.filter(isDisturbed).length} of ${samples.length} of these samples were disturbed by other programs.`,
  ].join("\n");
}

/** Why these figures must not be trusted. */
export const partFaults = (cells: readonly PartCell[]): readonly string[] =>
  cells.flatMap(({ target, part, whole, without }) => {
    const failed = [...whole, ...without].reduce((sum, sample) => sum + sample.failed, 0);
    return failed > 0 ? [`${target}: ${failed} calls failed while ${part} was measured.`] : [];
  });
