import assert from "node:assert/strict";

/** A repeatable stream of choices. */
export interface Dice {
  /** A whole number from 0, less than `count`. */
  below(count: number): number;
  pick<T>(list: readonly T[]): T;
}

/** mulberry32: the same seed gives the same choices, everywhere. */
export function dice(seed: number): Dice {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    pick<T>(list: readonly T[]): T {
      const [item] = list.slice(below(list.length));
      if (item === undefined) return assert.fail("there is nothing to pick from");
      return item;
    },
  };
}
