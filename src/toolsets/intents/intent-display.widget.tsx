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
import { MoreWords } from "../../ui/pieces/more-words.tsx";
import { OwnWords } from "../../ui/pieces/own-words.tsx";
import { SourceLink } from "../../ui/pieces/source-link.tsx";
import { Tag } from "../../ui/pieces/tag.tsx";
import { counted, readRows } from "../../ui/rows.ts";
import { showWidget } from "../../ui/show-widget.tsx";
import { useOpenAi } from "../../ui/use-open-ai.ts";
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
const isCut = isShape({ from: isNumber, to: isNumber });
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
    <li>
      <div className={removed ? "words gone" : "words"}>
        <OwnWords text={words} tone="strong" lines={4} />
        {!removed && quote && <OwnWords text={`“${quote}”`} tone="quiet" lines={4} />}
        {!removed && source && <SourceLink address={source} />}
        {!removed && alreadyStored && <Tag>Kept before</Tag>}
      </div>
      <Actions
        about={words}
        status={removed && <Tag>Removed</Tag>}
        choices={[{ label: removed ? "Undo" : "Remove", tool: "archive_intent", args }]}
        succeeded={succeeded}
      />
    </li>
  );
}

/** What else the extraction said: what may hold more, what was not kept and why, and what was not read. */
function Remarks({ suggestions = [], suggestionsLeftOut = 0, rejected = [], truncated = [] }: Extraction) {
  const { locale } = useOpenAi();
  const quotes = suggestions.filter(isSuggestion).map(({ quote }) => quote);
  const reasons = rejected.filter(isRejected).map(({ payload, reason }) => `${payload}: ${reason}`);
  const unread = truncated.filter(isCut).reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  const sentences = counted(quotes.length + suggestionsLeftOut, "sentence");
  return (
    <>
      <MoreWords about={`${sentences} may hold more. Nothing of them is kept.`} texts={quotes} />
      <MoreWords about={`${counted(reasons.length, "proposal was", "proposals were")} not kept.`} texts={reasons} />
      {unread > 0 && (
        <p className="quiet small">
          {unread.toLocaleString(locale ?? undefined)} characters were not read, because the text is too long.
        </p>
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
