import { legible } from "../legible.ts";

/** Characters that are drawn of one text: more than the longest tool answer, and more than a few lines can hold. */
const WHOLE = 100_000;
const IN_LINES = 1000;

interface OwnWordsProps {
  readonly text: string;
  readonly tone?: "quiet" | "strong";
  /** Lines that are shown; all when left out. */
  readonly lines?: 2 | 4;
}

/** Text that came from outside: drawn as text, in its own direction, and never wider than the card. */
export const OwnWords = ({ text, tone, lines }: OwnWordsProps) => (
  <p dir="auto" className={["own-words", tone, lines && `lines-${lines}`].filter(Boolean).join(" ")}>
    {legible(text, lines ? IN_LINES : WHOLE)}
  </p>
);
