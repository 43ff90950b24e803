import type { Finding } from "./book.ts";

/** What a run came to. */
export interface Verdict {
  /** Its last line. */
  readonly line: string;
  /** Its exit status: 0 where nothing was found, else 1. */
  readonly status: 0 | 1;
}

/** Counts what was found. */
export function verdict(rounds: number, findings: readonly Finding[]): Verdict {
  const of = (trouble: Finding["trouble"]): number => findings.filter((finding) => finding.trouble === trouble).length;
  const line = `${rounds} rounds, ${of("lost")} lost, ${of("twice")} twice, ${of("stuck")} stuck`;
  return { line, status: findings.length === 0 ? 0 : 1 };
}
