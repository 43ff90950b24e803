import type { Findings } from "./figure.ts";
import type { Options } from "./options.ts";

/** What a suite is run with. */
export interface SuiteRun {
  readonly options: Options;
  /** Ends everything when the person at the terminal has had enough. */
  readonly signal: AbortSignal;
  /** Shows one line of progress. */
  readonly log: (line: string) => void;
}

/** A set of figures that are measured together. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  run(parts: SuiteRun): Promise<Findings>;
}
