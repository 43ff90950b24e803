import type { Finding, Status } from "./check.ts";
import { NOBODY } from "./visit.ts";

/** The findings of a server, as `--json` prints them. The ids and member names are stable. */
export interface Report {
  readonly url: string;
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly checks: readonly Finding[];
}

const count = (findings: readonly Finding[], status: Status): number =>
  findings.filter((finding) => finding.status === status).length;

/** @param url the address that was looked at. */
export const reportOf = (url: string, findings: readonly Finding[]): Report => ({
  url,
  ok: count(findings, "FAIL") === 0,
  passed: count(findings, "PASS"),
  failed: count(findings, "FAIL"),
  skipped: count(findings, "SKIP"),
  checks: findings,
});

/** True for a check that is not worth a line: nobody answered at all, and the first check has said so. */
const isMoot = ({ status, detail }: Finding): boolean => status === "SKIP" && detail === NOBODY;

/** One finding in the terminal: one line, and below a failure its cause and what to do. */
export function findingLines(finding: Finding): string | null {
  if (isMoot(finding)) return null;
  const { status, id, title, detail, cause, fix } = finding;
  const line = `  ${status}  ${id.padEnd(28)} ${title}`;
  if (status === "SKIP") return `${line} (${detail})`;
  if (status === "PASS") return line;
  return `${line}\n        Cause: ${cause ?? detail}\n        Fix:   ${fix ?? ""}`;
}

const plural = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** The end of what the terminal shows. */
export function summary({ ok, passed, failed, skipped }: Report): string {
  const counted = `${passed} passed, ${failed} failed, ${skipped} skipped.`;
  if (ok) return `${counted} Nothing stands in the way of a link.`;
  return `${counted} Correct ${plural(failed, "failure")}, the first one first: later ones often follow from it.`;
}
