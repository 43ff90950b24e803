import {
  type Guarded,
  isAbsentOr,
  isFlag,
  isListOf,
  isNullOr,
  isNumber,
  isObject,
  isShape,
  isText,
} from "../../ui/guards.ts";
import { Actions } from "../../ui/pieces/actions.tsx";
import { LeftOut } from "../../ui/pieces/left-out.tsx";
import { OwnWords } from "../../ui/pieces/own-words.tsx";
import { SourceLink } from "../../ui/pieces/source-link.tsx";
import { counted, readRows } from "../../ui/rows.ts";
import { showWidget } from "../../ui/show-widget.tsx";
import { useWidgetState } from "../../ui/use-widget-state.ts";
import { webAddress } from "../../ui/web-address.ts";

const isMaybeText = isAbsentOr(isNullOr(isText));
const isIntent = isShape({
  id: isText,
  payload: isText,
  summary: isMaybeText,
  quote: isMaybeText,
  alreadyStored: isAbsentOr(isFlag),
  sourceType: isMaybeText,
  sourceValue: isMaybeText,
});
const isExtraction = isShape({
  intents: isListOf(isObject),
  filesProcessed: isAbsentOr(isNumber),
  linksProcessed: isAbsentOr(isNumber),
  suggestions: isAbsentOr(isListOf(isObject)),
  suggestionsLeftOut: isAbsentOr(isNumber),
  rejected: isAbsentOr(isListOf(isObject)),
  truncated: isAbsentOr(isListOf(isObject)),
});
const isSuggestion = isShape({ quote: isText });
const isRejected = isShape({ payload: isText, reason: isText });
const isArchived = isShape({ intentId: isText, archived: isFlag });
const isState = isShape({ removed: isListOf(isText) });

type Intent = Guarded<typeof isIntent>;
type Extraction = Guarded<typeof isExtraction>;

/** "2 intents", and from how many files and links where there were any. */
function heading(count: number, { filesProcessed = 0, linksProcessed = 0 }: Extraction): string {
  const sources = [
    filesProcessed > 0 ? counted(filesProcessed, "file") : "",
    linksProcessed > 0 ? counted(linksProcessed, "link") : "",
  ].filter(Boolean);
  return [counted(count, "intent"), ...(sources.length > 0 ? [`from ${sources.join(" and ")}`] : [])].join(" ");
}

interface RowProps {
  readonly intent: Intent;
  readonly removed: boolean;
  readonly onChange: (removed: boolean) => void;
}

function Row({ intent, removed, onChange }: RowProps) {
  const { id, payload, summary, quote, alreadyStored, sourceType, sourceValue } = intent;
  const words = summary?.trim() || payload;
  const source = sourceType === "link" ? webAddress(sourceValue) : null;
  const succeeded = (data: unknown): boolean => {
    if (!isArchived(data) || data.intentId !== id || data.archived === removed) return false;
    onChange(data.archived);
    return true;
  };
  const args = removed ? { intentId: id, undo: true } : { intentId: id };
  return (
    <li className={removed ? "gone" : ""}>
      <div className="head">
        <OwnWords text={words} tone="strong" lines={4} />
        {removed && <span className="tag">Removed</span>}
        {!removed && alreadyStored && <span className="tag">Kept before</span>}
      </div>
      {!removed && quote && <OwnWords text={`“${quote}”`} tone="quiet" lines={4} />}
      {!removed && source && <SourceLink address={source} />}
      <Actions
        about={words}
        choices={[{ label: removed ? "Undo" : "Remove", tool: "archive_intent", args }]}
        succeeded={succeeded}
      />
    </li>
  );
}

/** What else the extraction said: sentences that may hold an intent, proposals that were not kept, text that was not read. */
function Remarks({ suggestions = [], suggestionsLeftOut = 0, rejected = [], truncated = [] }: Extraction) {
  const offered = suggestions.filter(isSuggestion);
  const refused = rejected.filter(isRejected);
  return (
    <>
      {offered.length > 0 && (
        <details>
          <summary>
            {counted(offered.length + suggestionsLeftOut, "sentence")} may hold more. Nothing of them is kept.
          </summary>
          <ul>
            {offered.slice(0, 5).map(({ quote }, index) => (
              <li key={index}>
                <OwnWords text={quote} tone="quiet" lines={2} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {refused.length > 0 && (
        <details>
          <summary>{counted(refused.length, "proposal was", "proposals were")} not kept.</summary>
          <ul>
            {refused.slice(0, 5).map(({ payload, reason }, index) => (
              <li key={index}>
                <OwnWords text={`${payload}: ${reason}`} tone="quiet" lines={2} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {truncated.length > 0 && (
        <p className="quiet small">The text was longer than what is read; the end was left out.</p>
      )}
    </>
  );
}

function Intents({ data }: { readonly data: Extraction }) {
  const [state, setState] = useWidgetState<Guarded<typeof isState>>(() => ({ removed: [] }), isState);
  const { rows, ...leftOut } = readRows(data.intents, isIntent);
  const isRemoved = (id: string): boolean => state.removed.includes(id);
  const change = (id: string, removed: boolean): void =>
    setState((before) => ({ removed: [...before.removed.filter((one) => one !== id), ...(removed ? [id] : [])] }));
  const left = rows.filter(({ id }) => !isRemoved(id)).length;
  return (
    <>
      {rows.length === 0 ? (
        <p className="quiet">No intent was found. Say what you look for, offer or want to achieve.</p>
      ) : (
        <h1>{left === 0 ? "All intents removed." : heading(left, data)}</h1>
      )}
      <ul className="rows">
        {rows.map((intent) => (
          <Row
            key={intent.id}
            intent={intent}
            removed={isRemoved(intent.id)}
            onChange={(removed) => change(intent.id, removed)}
          />
        ))}
      </ul>
      <LeftOut {...leftOut} />
      <Remarks {...data} />
    </>
  );
}

/** The answer of `extract_intent`: what the person wants, each with the words that say so, and a way to remove it. */
showWidget({ title: "Intents", shape: isExtraction, View: Intents });
