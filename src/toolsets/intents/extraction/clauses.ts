import type { Span } from "./sections.ts";
import { type Token, tokensOf } from "./tokens.ts";

const ABBREVIATION = /(?:^|\s)(?:dr|mr|mrs|ms|prof|st|approx|e\.g|i\.e|vs|incl)\.\s*$/i;

const WRAPPED_LINE = 50;
const CONTINUES = /[\p{L}\p{N},]$/u;

/**
 * Mail programs break lines in the middle of a sentence: a line goes on in the next when that begins with a small letter,
 * or when the line is long and the next begins with any letter. The copy without those breaks is exactly as long.
 */
function unwrapped(text: string): string {
  const lines = text.replaceAll("\r", " ").split("\n");
  const goesOn = (line: string, next: string): boolean =>
    CONTINUES.test(line) && (/^\p{Ll}/u.test(next) || (line.length >= WRAPPED_LINE && /^\p{L}/u.test(next)));
  const parts = lines.map((line, index) => line + (goesOn(line, lines[index + 1] ?? "") ? " " : "\n"));
  return parts.join("").slice(0, text.length);
}

/** A sentence, its words without the space around them, and its tokens. */
export interface Sentence extends Span {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** The sentences of a text, by the rules of Unicode (UAX #29), in order. A line that begins a new thought ends one. */
export function sentencesOf(text: string): readonly Sentence[] {
  const spans: Span[] = [];
  let open: number | undefined;
  for (const { segment, index } of new Intl.Segmenter("en", { granularity: "sentence" }).segment(unwrapped(text))) {
    const from = open ?? index;
    open = ABBREVIATION.test(segment.slice(-12)) ? from : undefined;
    if (open === undefined) spans.push({ from, to: index + segment.length });
  }
  if (open !== undefined) spans.push({ from: open, to: text.length });
  return spans
    .map((span) => ({ ...span, text: text.slice(span.from, span.to).trim(), tokens: tokensOf(text, span) }))
    .filter((sentence) => sentence.text !== "");
}

/** A part of a sentence with a verb of its own. */
export interface Clause extends Span {
  readonly tokens: readonly Token[];
}

const SUBJECTS = new Set(["i", "we"]);
const JOINTS = new Set([",", ";", "–", "—", "and", "but", "so", "then"]);
const ELIDED = new Set(["would", "could", "need", "want", "am", "are", "hope", "plan", "seek"]);

/** Drops the commas and conjunctions at the end of a clause. */
const withoutJoints = (tokens: readonly Token[]): readonly Token[] =>
  tokens.slice(0, tokens.findLastIndex((token) => !JOINTS.has(token.word)) + 1);

/**
 * Splits a sentence where the writer begins to speak of themselves again: "…, and I would love to…". Where the subject is
 * left out the clause before lends its own, so that "my sister is looking for a flat and would love a balcony" stays hers.
 */
export function clausesOf(sentence: Sentence): readonly Clause[] {
  const clauses: Clause[] = [];
  let open: Token[] = [];
  const close = (end?: number): void => {
    const kept = withoutJoints(open);
    const [first, last] = [kept.find((token) => token.to > token.from), kept.at(-1)];
    if (first && last) clauses.push({ tokens: kept, from: first.from, to: end ?? last.to });
    open = [];
  };
  for (const token of sentence.tokens) {
    const before = open.at(-1)?.word ?? "";
    const subject = open[0];
    const speaksAgain = JOINTS.has(before) && SUBJECTS.has(token.word);
    const goesOn =
      (before === "and" || before === "but") && ELIDED.has(token.word) && subject && SUBJECTS.has(subject.word);
    if (before === ";" || before === "–" || before === "—" || speaksAgain || goesOn) close();
    if (goesOn) open.push({ word: subject.word, from: token.from, to: token.from });
    open.push(token);
  }
  close(sentence.to);
  return clauses;
}
