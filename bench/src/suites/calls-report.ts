import type { Cell } from "../rounds.ts";
import { readable, spread } from "../statistics.ts";
import { textTable } from "../text-table.ts";
import { type CallCells, besideOf, disturbed, medianOf } from "./calls-figures.ts";

const ratio = (cell: Cell, other: string, subject: CallCells): string => {
  const beside = besideOf(cell, subject).find(({ target }) => target === other);
  return beside ? (medianOf(cell, "callsPerSecond") / medianOf(beside, "callsPerSecond")).toFixed(2) : "";
};

function row(cell: Cell, subject: CallCells): readonly string[] {
  const database = medianOf(cell, "databaseCpuUs");
  return [
    cell.target,
    readable(medianOf(cell, "callsPerSecond")),
    ...subject.peers.map((peer) => ratio(cell, peer, subject)),
    readable(medianOf(cell, "p50Ms")),
    readable(medianOf(cell, "p99Ms")),
    readable(medianOf(cell, "cpuUs")) + (database >= 0.5 ? ` + ${readable(database)}` : ""),
    String(cell.samples.reduce((sum, sample) => sum + sample.failed, 0)),
    `${Math.round(spread(cell.samples.map((sample) => sample.callsPerSecond)) * 100)}%`,
    Math.max(...cell.samples.map((sample) => sample.others)).toFixed(2),
  ];
}

function loadTable(callers: number, subject: CallCells): string {
  const head = [
    `${callers} ${callers === 1 ? "caller" : "callers"}`,
    "calls/s",
    ...subject.peers.map((peer) => `/ ${peer}`),
    "p50 ms",
    "p99 ms",
    "CPU us (+ db)",
    "failed",
    "spread",
    "others",
  ];
  const cells = subject.cells.filter((cell) => cell.callers === callers);
  return textTable(
    head,
    cells.map((cell) => row(cell, subject)),
  );
}

function trust(subject: CallCells): string {
  const { samples, of } = disturbed(subject);
  return samples === 0
    ? "No sample was disturbed by other programs."
    : `${samples} of ${of} samples were taken while other programs used the machine: read the ratios with care.`;
}

/** The findings for a reader. @param database what PostgreSQL says of itself, when it was measured on */
export function callReport(subject: CallCells, database?: string): string {
  const loads = [...new Set(subject.cells.map(({ callers }) => callers))];
  const runs = subject.cells[0]?.samples.length ?? 0;
  return [
    `tools/call of echo, protocol ${subject.era}, Node ${process.version}; medians of ${runs === 1 ? "1 run" : `${runs} runs`}, taken in turn`,
    ...(database === undefined ? [] : [database]),
    ...loads.map((callers) => `\n${loadTable(callers, subject)}`),
    `\n${trust(subject)}`,
  ].join("\n");
}
