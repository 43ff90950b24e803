/**
 * The texts that a call may bring. Only the first two hold the person's own words: what they write, and what they hand
 * over as theirs. A conversation also holds what the assistant said, and a memory what somebody once inferred, so an
 * intent taken from those might be one that the person never had. They are context and nothing is extracted from them.
 */
export const ownSections = ["fullInputText", "rawText"] as const;
export const contextSections = ["conversationHistory", "userMemory"] as const;

export type OwnSection = (typeof ownSections)[number];
export type SectionName = OwnSection | (typeof contextSections)[number];

/** The part of a text that is read; always a beginning of the whole. */
export interface Section<Name extends SectionName = SectionName> {
  readonly name: Name;
  readonly text: string;
  /** For each UTF-16 position in `text`, its end included, how many code points stand before it. */
  readonly points: Uint32Array;
}

/** What was left unread of a text, counted in code points from its beginning. */
export interface Cut {
  readonly section: SectionName;
  readonly from: number;
  readonly to: number;
}

/** Code points that are read of the instruction (`fullInputText`) and of each other section. */
export interface Limits {
  readonly instructionLimit: number;
  readonly sectionLimit: number;
}

/** Part of a text in UTF-16 units, as JavaScript counts; it leaves this folder only as a {@link Place}. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where in the whole section some words stand, in code points, so that every language counts alike. */
export interface Place {
  readonly section: OwnSection;
  readonly quote: string;
  readonly from: number;
  readonly to: number;
}

/** Length in code points. */
export const codePoints = (text: string): number => Array.from(text).length;

export function sectionOf<Name extends SectionName>(name: Name, text: string): Section<Name> {
  const points = new Uint32Array(text.length + 1);
  let unit = 0;
  let count = 0;
  for (const character of text) {
    unit += character.length;
    count += 1;
    points[unit] = count;
  }
  return { name, text, points };
}

/** A span as others count it, without the white space around it. */
export function placeOf({ name, text, points }: Section<OwnSection>, span: Span): Place {
  const words = text.slice(span.from, span.to);
  const from = span.from + words.length - words.trimStart().length;
  const quote = words.trim();
  return { section: name, quote, from: points[from] ?? 0, to: points[from + quote.length] ?? 0 };
}

/** The UTF-16 length of the first `limit` code points. */
function unitsOf(text: string, limit: number): number {
  let units = 0;
  let left = limit;
  for (const character of text) {
    if (left === 0) break;
    units += character.length;
    left -= 1;
  }
  return units;
}

/** The end of the last whole sentence (or word, or character) within the first `end` units; 0 when none is whole. */
function lastWhole(text: string, end: number, granularity: "sentence" | "word" | "grapheme"): number {
  let whole = 0;
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity }).segment(text)) {
    const segmentEnd = index + segment.trimEnd().length;
    if (segmentEnd > end) break;
    whole = Math.max(whole, segmentEnd);
  }
  return whole;
}

/** Cuts after the last whole sentence within the limit; where not even one fits, after a word, or inside it. */
function beginning(text: string, limit: number): string {
  const end = unitsOf(text, limit);
  if (text.slice(end).trim() === "") return text;
  const whole = lastWhole(text, end, "sentence") || lastWhole(text, end, "word") || lastWhole(text, end, "grapheme");
  return text.slice(0, whole || end);
}

/** Reads as much of a text as the limits allow, and says what was left. */
export function readSection<Name extends SectionName>(
  name: Name,
  text: string,
  limits: Limits,
): { readonly section: Section<Name>; readonly cuts: readonly Cut[] } {
  const read = beginning(text, name === "fullInputText" ? limits.instructionLimit : limits.sectionLimit);
  const cut = { section: name, from: codePoints(read), to: codePoints(text) };
  return { section: sectionOf(name, read), cuts: cut.from < cut.to ? [cut] : [] };
}
