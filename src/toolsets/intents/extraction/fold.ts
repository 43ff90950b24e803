import type { Span } from "./sections.ts";

/** A text in the form in which two writings of the same words are equal, and where each unit of it came from. */
export interface Folded {
  readonly text: string;
  /** For each unit of `text`, the span of the original character. */
  readonly origins: readonly Span[];
}

const SINGLE_QUOTES = /[‘’‚‛′`´]/u;
const DOUBLE_QUOTES = /[“”„‟«»″]/u;
const DASHES = /[‐‑‒–—―−]/u;
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/u;
const SPACE = /\s/u;

function foldCharacter(character: string): string {
  if (SPACE.test(character)) return " ";
  if (INVISIBLE.test(character)) return "";
  if (SINGLE_QUOTES.test(character)) return "'";
  if (DOUBLE_QUOTES.test(character)) return '"';
  if (DASHES.test(character)) return "-";
  return character.normalize("NFKD").toLowerCase();
}

/** Folds case, white space, quotation marks, dashes, and the ways in which Unicode writes one character. */
export function fold(text: string): Folded {
  const units: string[] = [];
  const origins: Span[] = [];
  let from = 0;
  for (const character of text) {
    const origin = { from, to: from + character.length };
    for (const unit of foldCharacter(character).split("")) {
      if (unit === " " && units.at(-1) === " ") continue;
      units.push(unit);
      origins.push(origin);
    }
    from = origin.to;
  }
  return { text: units.join(""), origins };
}

const EDGE = /[\s"'.,;:!…()[\]-]/u;

/** Takes punctuation and white space off both ends. */
export function stripEdges(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && EDGE.test(text.charAt(from))) from += 1;
  while (to > from && EDGE.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Two texts with the same key say the same thing in the same words. */
export const samenessKey = (text: string): string => stripEdges(fold(text).text);

const WORD = /[\p{L}\p{N}\p{M}]/u;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** True where a word may end: "art" is not a quote from "start", but scripts without spaces may be cut anywhere. */
const wordsPart = (left: string, right: string): boolean =>
  !WORD.test(left) || !WORD.test(right) || UNSPACED.test(left) || UNSPACED.test(right);

/** Where a quote stands in a text, compared in folded form and at whole words; null when it does not. */
export function locate(text: Folded, quote: string): Span | null {
  const needle = samenessKey(quote);
  if (needle === "") return null;
  for (let at = text.text.indexOf(needle); at >= 0; at = text.text.indexOf(needle, at + 1)) {
    const end = at + needle.length;
    const first = text.origins[at];
    const last = text.origins[end - 1];
    const whole =
      wordsPart(text.text.charAt(at - 1), needle.charAt(0)) &&
      wordsPart(needle.charAt(needle.length - 1), text.text.charAt(end));
    if (first && last && whole) return { from: first.from, to: last.to };
  }
  return null;
}
