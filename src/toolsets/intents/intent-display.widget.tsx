import { type Guarded, isAbsentOr, isListOf, isNullOr, isNumber, isShape, isText } from "../../ui/guards.ts";
import { showWidget } from "../../ui/show-widget.tsx";

const isIntent = isShape({
  id: isText,
  payload: isText,
  summary: isAbsentOr(isNullOr(isText)),
  quote: isAbsentOr(isNullOr(isText)),
});
type Intent = Guarded<typeof isIntent>;

const isExtraction = isShape({
  intents: isListOf(isIntent),
  filesProcessed: isAbsentOr(isNumber),
  linksProcessed: isAbsentOr(isNumber),
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

const Row = ({ intent }: { readonly intent: Intent }) => (
  <li>
    <p className="own-words">{shortForm(intent)}</p>
    {intent.quote && <blockquote className="quiet small own-words">You said: “{intent.quote}”</blockquote>}
  </li>
);

/** The answer of `extract_intent`: what the person wants, each with the words that say so. */
showWidget({
  title: "Intents",
  shape: isExtraction,
  draw: (extraction) =>
    extraction.intents.length === 0 ? (
      <p className="note">No intent was found. Say what you look for, offer or want to achieve.</p>
    ) : (
      <>
        <h1>{heading(extraction)}</h1>
        <ul className="rows">
          {extraction.intents.map((intent) => (
            <Row key={intent.id} intent={intent} />
          ))}
        </ul>
      </>
    ),
});
