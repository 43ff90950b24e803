import type { Place } from "./sections.ts";

/** What made a stored intent: the calling assistant, checked by its quote, or the offline rules. */
export const engines = ["host", "rules"] as const;
export type Engine = (typeof engines)[number];

/** Something that the person wants, seeks or offers, and the words of theirs that say so. */
export interface Finding {
  /** The intent in one sentence, at most {@link PAYLOAD_LIMIT} UTF-16 units. */
  readonly payload: string;
  readonly summary: string | null;
  readonly place: Place;
}

/** A proposal of the assistant's that was not stored, and why. */
export interface Rejection {
  readonly payload: string;
  readonly reason: string;
}

/** What an engine made of the sections. */
export interface Extraction {
  readonly engine: Engine;
  readonly findings: readonly Finding[];
  /** Sentences that may hold an intent. Never stored: the person or their assistant chooses. */
  readonly suggestions: readonly Place[];
  readonly rejected: readonly Rejection[];
}

/** Intents that one call may store. */
export const FINDINGS_LIMIT = 12;

/** UTF-16 units of a payload: one sentence, not a text. */
export const PAYLOAD_LIMIT = 500;

/** One line that shows as it reads: no line breaks, no control characters, nothing that turns the direction of writing. */
export const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/gu, "")
    .replaceAll(/ {2,}/g, " ")
    .trim();
