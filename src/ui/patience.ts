/** A little longer than the server takes at most, in milliseconds: after that, nobody is going to answer. */
export const PATIENCE_MS = 30_000;
