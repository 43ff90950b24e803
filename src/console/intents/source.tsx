import { shorten } from "../../ui/shorten.ts";
import type { Intent } from "../contract.ts";
import { useBeginning } from "../parts/words.tsx";

/** Characters of the words around a quote, and of the quote itself. */
const AROUND = 240;
const QUOTE = 600;

/** The end of a text that may be of any length. */
const ending = (text: string): string =>
  text.length <= AROUND ? text : `…${text.slice(-AROUND).replace(/^[\uDC00-\uDFFF]/, "")}`;

/** What the person said, in its context, with the part that the intent was taken from marked. */
export function Source({ context }: Pick<Intent, "context">) {
  const quote = useBeginning(context?.quote ?? "", QUOTE);
  if (context === null) return <p className="small quiet">The words that it came from are not kept.</p>;
  return (
    <figure className="source">
      <figcaption className="is-hidden-to-eyes">Your words</figcaption>
      {/* One paragraph with one direction, whose parts cannot turn each other: what `bdi` would hide from `auto`. */}
      <blockquote dir="auto">
        <span className="isolated">{ending(context.before)}</span>
        <mark className="isolated">{quote.shown}</mark>
        <span className="isolated">{shorten(context.after, AROUND)}</span>
      </blockquote>
      {quote.more}
    </figure>
  );
}
