import { type Guarded, isAbsentOr, isListOf, isNullOr, isNumber, isShape, isText } from "../../ui/guards.ts";
import { showWidget } from "../../ui/show-widget.tsx";

const isIntent = isShape({
  id: isText,
  payload: isText,
  summary: isAbsentOr(isNullOr(isText)),
  quote: isAbsentOr(isText),
});
type Intent = Guarded<typeof isIntent>;

const isSuggestion = isShape({ quote: isText });
type Suggestion = Guarded<typeof isSuggestion>;

const isRejection = isShape({ payload: isText, reason: isText });
type Rejection = Guarded<typeof isRejection>;

/** What the published contract promises; the rest says more where it is there. */
const isExtraction = isShape({
  intents: isListOf(isIntent),
  filesProcessed: isAbsentOr(isNumber),
  linksProcessed: isAbsentOr(isNumber),
  suggestions: isAbsentOr(isListOf(isSuggestion)),
  rejected: isAbsentOr(isListOf(isRejection)),
  truncated: isAbsentOr(isListOf(isShape({ section: isText }))),
});
type Extraction = Guarded<typeof isExtraction>;

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** "2 intents", and from how many files and links where there were any. */
function heading({ intents, filesProcessed = 0, linksProcessed = 0 }: Extraction): string {
  const sources = [
    filesProcessed > 0 ? counted(filesProcessed, "file") : "",
    linksProcessed > 0 ? counted(linksProcessed, "link") : "",
  ].filter(Boolean);
  return [counted(intents.length, "intent"), ...(sources.length > 0 ? [`from ${sources.join(" and ")}`] : [])].join(
    " ",
  );
}

const shortForm = ({ summary, payload }: Intent): string => (summary?.trim() ? summary : payload).trim();

const Quote = ({ quote }: { readonly quote: string }) => (
  <blockquote className="quiet small own-words">“{quote}”</blockquote>
);

const Intents = ({ extraction }: { readonly extraction: Extraction }) =>
  extraction.intents.length === 0 ? (
    <p className="note">No intent was kept.</p>
  ) : (
    <section>
      <h1>{heading(extraction)}</h1>
      <ul className="rows">
        {extraction.intents.map((intent) => (
          <li key={intent.id}>
            <p className="own-words">{shortForm(intent)}</p>
            {intent.quote !== undefined && intent.quote !== shortForm(intent) && <Quote quote={intent.quote} />}
          </li>
        ))}
      </ul>
    </section>
  );

/** Nothing of these is kept: only the person can say which they mean. */
const Suggestions = ({ suggestions }: { readonly suggestions: readonly Suggestion[] }) => (
  <section>
    <h2>Perhaps also</h2>
    <p className="quiet small">These are not kept. Say which of them you mean.</p>
    <ul className="rows">
      {suggestions.map(({ quote }, index) => (
        <li key={index}>
          <Quote quote={quote} />
        </li>
      ))}
    </ul>
  </section>
);

const Rejected = ({ rejected }: { readonly rejected: readonly Rejection[] }) => (
  <section>
    <h2>Not kept</h2>
    <ul className="rows">
      {rejected.map(({ payload, reason }, index) => (
        <li key={index}>
          <p className="own-words">{payload}</p>
          <p className="quiet small">{reason}</p>
        </li>
      ))}
    </ul>
  </section>
);

/** The answer of `extract_intent`: what is kept, each with the words that say so, and what is not. */
showWidget({
  title: "Intents",
  shape: isExtraction,
  draw: (extraction) => {
    const { suggestions = [], rejected = [], truncated = [] } = extraction;
    return (
      <>
        <Intents extraction={extraction} />
        {suggestions.length > 0 && <Suggestions suggestions={suggestions} />}
        {rejected.length > 0 && <Rejected rejected={rejected} />}
        {truncated.length > 0 && <p className="quiet small">The text was too long to be read to its end.</p>}
      </>
    );
  },
});
