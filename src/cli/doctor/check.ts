import type { Visit } from "./visit.ts";

/** How a check ended. */
export type Status = "PASS" | "FAIL" | "SKIP";

/**
 * One thing that a client relies on. The id is stable: scripts may look for it.
 */
export interface Check {
  readonly id: string;
  /** What holds when it passes, as a sentence without its full stop. */
  readonly title: string;
  /**
   * Looks. Resolves with what was seen.
   * @throws Fault, or Skipped where there is nothing to look at.
   */
  run(visit: Visit): Promise<string>;
}

/** One line of the report. */
export interface Finding {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  /** What was seen, or why it was skipped. */
  readonly detail: string;
  readonly cause?: string;
  readonly fix?: string;
}
