import type { Span } from "./sections.ts";

/** What may close what opens a quotation, in the ways in which languages write it. */
const CLOSERS: Readonly<Record<string, string>> = { '"': '"', "“": "”", "„": "“”", "«": "»", "»": "«" };
const MARK = /["“”„«»]|\n\s*?\n/gu;

/**
 * The parts of a text between quotation marks: somebody else's words, or words that are mentioned rather than said.
 * A quotation that is not closed ends with its paragraph.
 */
export function quotationsOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  let open: { readonly mark: string; readonly from: number } | undefined;
  for (const { 0: mark, index } of text.matchAll(MARK)) {
    const closes = open && (mark.startsWith("\n") || CLOSERS[open.mark]?.includes(mark));
    if (open && closes) {
      spans.push({ from: open.from, to: index });
      open = undefined;
    } else if (!open && mark in CLOSERS) open = { mark, from: index };
  }
  return open ? [...spans, { from: open.from, to: text.length }] : spans;
}

/** True when a position lies in one of the spans. */
export const liesIn = (spans: readonly Span[], position: number): boolean =>
  spans.some((span) => span.from <= position && position < span.to);
