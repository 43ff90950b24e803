import type { Spend } from "./spend.ts";

/** What the person is asked: one sentence of what will happen, and its bounds. */
export interface Proposal {
  /** In the person's terms: "Swap 1 SOL for at least 148.20 USDC". At most 300 characters. */
  readonly sentence: string;
  /** What holds at most or at least, in a small table; at most 20 rows. */
  readonly bounds: readonly Bound[];
  /** True where a usual click is not enough: the person signs in again or uses a passkey. */
  readonly high?: boolean;
  /** What leaves the person's hands at most; `money` always says it. */
  readonly spend?: Spend;
}

/** One row of the table. */
export interface Bound {
  readonly label: string;
  readonly value: string;
}
