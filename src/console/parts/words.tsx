import { type ReactNode, useState } from "react";
import { shorten } from "../../ui/shorten.ts";

interface WordsProps {
  readonly text: string;
  /** Characters that are shown of it. */
  readonly limit?: number;
  /** Stands in for a text without anything to see. */
  readonly none?: string;
}

/**
 * A name or another short text from outside. It keeps its own direction of writing and turns nothing around it
 * (HTML §4.5.24), and however long it is, it stays short.
 */
export function Words({ text, limit = 120, none = "(no name)" }: WordsProps) {
  return <bdi dir="auto">{text.trim() === "" ? none : shorten(text, limit)}</bdi>;
}

/** The beginning of a long text, and the button that shows all of it. */
export function useBeginning(text: string, limit: number): { readonly shown: string; readonly more: ReactNode } {
  const [whole, setWhole] = useState(false);
  if (text.length <= limit) return { shown: text, more: null };
  const words = whole ? "Show less" : `Show all ${text.length.toLocaleString()} characters`;
  const more = (
    <button type="button" className="text-button small" aria-expanded={whole} onClick={() => setWhole(!whole)}>
      {words}
    </button>
  );
  return { shown: whole ? text : shorten(text, limit), more };
}
