/** What leaves a person's hands at most, measured in one or more ways, such as in SOL and in US dollars. */
export interface Spend {
  readonly amounts: readonly Amount[];
  /** Where it goes, such as an address; absent where it stays the person's, as in a swap of their own. */
  readonly recipient?: string;
}

/** An amount in the smallest unit of an asset. */
export interface Amount {
  /** Symbol or mint, in the asset's own spelling; `usd` for what it is worth in US dollars. */
  readonly asset: string;
  readonly amount: bigint;
  /** Digits behind the point of one whole unit. */
  readonly decimals: number;
}
