/** "1 call", "12 calls", with the person's own thousands. */
export const calls = (count: number): string => (count === 1 ? "1 call" : `${count.toLocaleString()} calls`);

/** Calls a minute, in words. */
export const perMinute = (rate: number | null): string =>
  rate === null ? "As many calls as you like" : `${calls(rate)} a minute`;
