import type { Span } from "./sections.ts";

/** A word as the rules compare it, or one of the marks that they look at, and where it stands. */
export interface Token extends Span {
  readonly word: string;
}

const TOKEN = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*|[,;:–—]/gu;

/** Words that change how strongly something is said, not what: the rules read past them. */
const ADVERBS = new Set(
  "also really still currently now actively just very desperately urgently always badly both personally definitely certainly only already simply mainly especially too".split(
    " ",
  ),
);

const ENDINGS: readonly (readonly [string, string])[] = [
  ["n't", "not"],
  ["'m", "am"],
  ["'re", "are"],
  ["'ve", "have"],
  ["'d", "would"],
  ["'ll", "will"],
  ["'s", "is"],
];

const SLOPPY: Readonly<Record<string, readonly string[]>> = {
  im: ["i", "am"],
  ive: ["i", "have"],
  dont: ["do", "not"],
  doesnt: ["does", "not"],
  cannot: ["can", "not"],
};

function expand(word: string): readonly string[] {
  if (Object.hasOwn(SLOPPY, word)) return SLOPPY[word] ?? [];
  const ending = word.includes("'") && ENDINGS.find(([suffix]) => word.endsWith(suffix) && word.length > suffix.length);
  return ending ? [word.slice(0, -ending[0].length), ending[1]] : [word];
}

/** The words of a part of a text: lower case, contractions written out ("I'm" is "i am"), adverbs left out. */
export function tokensOf(text: string, part: Span): readonly Token[] {
  return Array.from(text.slice(part.from, part.to).matchAll(TOKEN)).flatMap((match) => {
    const from = part.from + match.index;
    const to = from + match[0].length;
    return expand(match[0].toLowerCase().replaceAll("’", "'"))
      .filter((word) => !ADVERBS.has(word))
      .map((word) => ({ word, from, to }));
  });
}

/** The tokens in a row that a rule asks for: one set of words for each place, some of which may be missing. */
export type Phrase = readonly { readonly words: ReadonlySet<string>; readonly optional: boolean }[];

/** Reads a phrase as the tables write it: `i|we am|are looking for some?`. */
export const phraseOf = (text: string): Phrase =>
  text.split(" ").map((slot) => ({
    words: new Set(slot.replace(/\?$/, "").split("|")),
    optional: slot.endsWith("?"),
  }));

/** Where a phrase that begins at `start` ends, read as long as it can be; null when it does not stand there. */
export function endOfPhrase(phrase: Phrase, tokens: readonly Token[], start: number): number | null {
  let ends: readonly number[] = [start];
  for (const { words, optional } of phrase) {
    const taken = ends.filter((end) => words.has(tokens[end]?.word ?? "")).map((end) => end + 1);
    ends = optional ? [...new Set([...taken, ...ends])] : taken;
    if (ends.length === 0) return null;
  }
  return Math.max(...ends);
}

/** True when a phrase stands anywhere among the tokens. */
export const holdsPhrase = (phrase: Phrase, tokens: readonly Token[]): boolean =>
  tokens.some((_, start) => endOfPhrase(phrase, tokens, start) !== null);
