import type { Receipt, UsedTools } from "../contract.ts";
import { isOutcome } from "../contract.ts";
import { channelName, knownChannels } from "../parts/channels.ts";
import { Choice } from "../parts/choice.tsx";
import { outcomeOptions } from "../parts/outcome.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { shorten } from "../../ui/shorten.ts";
import type { ReceiptFilter } from "../receipt-filter.ts";

interface ReceiptToolbarProps {
  readonly filter: ReceiptFilter;
  /** What was read so far; a tool among them may have been used only just now. */
  readonly receipts: readonly Receipt[];
  /** All that the person has used. */
  readonly used: UsedTools["tools"];
  readonly onChange: (filter: ReceiptFilter) => void;
}

/** What can be chosen: what is known, what was seen, and what is chosen now. */
function optionsOf(names: readonly (string | undefined)[], wordsOf: (name: string) => string) {
  const known = [...new Set(names.filter((name) => name !== undefined))];
  const options = known.map((value) => ({ value, words: shorten(wordsOf(value), 40) }));
  return options.toSorted((one, other) => one.words.localeCompare(other.words));
}

/** Finds receipts: by words, and by what they have in common. */
export function ReceiptToolbar({ filter, receipts, used, onChange }: ReceiptToolbarProps) {
  const titles = new Map([
    ...used.map(({ name, title }) => [name, title] as const),
    ...receipts.map(({ tool, title }) => [tool, title] as const),
  ]);
  const chosen = (value: string): string | undefined => value || undefined;
  return (
    <div className="toolbar" role="search" aria-label="Receipts">
      <SearchField
        label="Search receipts"
        value={filter.q ?? ""}
        onSearch={(q) => onChange({ ...filter, q: chosen(q) })}
      />
      <Choice
        title="Outcome"
        options={outcomeOptions}
        value={filter.outcome ?? ""}
        onChoose={(value) => onChange({ ...filter, outcome: isOutcome(value) ? value : undefined })}
      />
      <Choice
        title="Tool"
        options={optionsOf([...titles.keys(), filter.tool], (name) => titles.get(name) ?? name)}
        value={filter.tool ?? ""}
        onChoose={(value) => onChange({ ...filter, tool: chosen(value) })}
      />
      <Choice
        title="App"
        options={optionsOf([...knownChannels, ...receipts.map(({ channel }) => channel), filter.channel], channelName)}
        value={filter.channel ?? ""}
        onChoose={(value) => onChange({ ...filter, channel: chosen(value) })}
      />
    </div>
  );
}
