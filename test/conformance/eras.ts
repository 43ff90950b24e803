/** The revisions that stand for the two eras: with the `initialize` handshake, and stateless with `_meta` in every request. */
export const eras = ["2025-11-25", "2026-07-28"] as const;

/** One of the {@link eras}. */
export type Era = (typeof eras)[number];
