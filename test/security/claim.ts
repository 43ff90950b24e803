/** What proves a claim: a test file, and the names of tests in it as they are written there. */
export interface Proof {
  readonly file: string;
  readonly tests: readonly string[];
}

/** One line of a checklist. */
export interface Claim {
  readonly claim: string;
  readonly proofs: readonly Proof[];
}

/** Names tests of one file. */
export const by = (file: string, ...tests: readonly string[]): Proof => ({ file, tests });
