import { readable, spread } from "../statistics.ts";
import { textTable } from "../text-table.ts";
import { besideOf, disturbedOf, medianOf, type TokenCell } from "./oauth-figures.ts";

function row(cell: TokenCell, cells: readonly TokenCell[]): readonly string[] {
  const other = besideOf(cell, cells);
  const database = medianOf(cell, "databaseCpuUs");
  return [
    cell.target,
    readable(medianOf(cell, "callsPerSecond")),
    other ? (medianOf(cell, "callsPerSecond") / medianOf(other, "callsPerSecond")).toFixed(2) : "",
    readable(medianOf(cell, "p50Ms")),
    readable(medianOf(cell, "p99Ms")),
    readable(medianOf(cell, "cpuUs")) + (database >= 0.5 ? ` + ${readable(database)}` : ""),
    String(cell.samples.reduce((sum, sample) => sum + sample.failed, 0)),
    `${Math.round(spread(cell.samples.map((sample) => sample.callsPerSecond)) * 100)}%`,
  ];
}

const head = ["requests/s", "/ theirs", "p50 ms", "p99 ms", "CPU us (+ db)", "failed", "spread"];

/** The findings for a reader. @param database what PostgreSQL says of itself, when it was measured on */
export function tokenReport(cells: readonly TokenCell[], database?: string): string {
  const titles = [...new Set(cells.map(({ step, callers }) => `${step}, ${callers} at once`))];
  const tables = titles.map((title) => {
    const rows = cells.filter(({ step, callers }) => `${step}, ${callers} at once` === title);
    return `\n${textTable(
      [title, ...head],
      rows.map((cell) => row(cell, cells)),
    )}`;
  });
  const { samples, of } = disturbedOf(cells);
  return [
    `POST /token, RS256, Node ${process.version}; medians of ${cells[0]?.samples.length ?? 0} runs, taken in turn`,
    ...(database === undefined ? [] : [database]),
    ...tables,
    samples === 0
      ? "\nNo sample was disturbed by other programs."
      : `\n${samples} of ${of} samples were taken while other programs used the machine: read the ratios with care.`,
  ].join("\n");
}
