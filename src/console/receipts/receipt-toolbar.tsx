import type { Receipt } from "../contract.ts";
import { isOutcome } from "../contract.ts";
import { channelName, knownChannels } from "../parts/channels.ts";
import { Choice } from "../parts/choice.tsx";
import { outcomeOptions } from "../parts/outcome.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { shorten } from "../../ui/shorten.ts";
import type { ReceiptFilter } from "../receipt-filter.ts";

interface ReceiptToolbarProps {
  readonly filter: ReceiptFilter;
  /** What was read so far: its tools can be chosen. */
  readonly receipts: readonly Receipt[];
  readonly onChange: (filter: ReceiptFilter) => void;
}

/** What can be chosen: what is known, what was seen, and what is chosen now. */
const optionsOf = (names: readonly (string | undefined)[], words: (name: string) => string) =>
  [...new Set(names.filter((name) => name !== undefined))]
    .toSorted()
    .map((value) => ({ value, words: shorten(words(value), 40) }));

/** Finds receipts: by words, and by what they have in common. */
export function ReceiptToolbar({ filter, receipts, onChange }: ReceiptToolbarProps) {
  const seen = (name: "tool" | "channel") => receipts.map((receipt) => receipt[name]);
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
        options={optionsOf([...seen("tool"), filter.tool], (name) => name)}
        value={filter.tool ?? ""}
        onChoose={(value) => onChange({ ...filter, tool: chosen(value) })}
      />
      <Choice
        title="App"
        options={optionsOf([...knownChannels, ...seen("channel"), filter.channel], channelName)}
        value={filter.channel ?? ""}
        onChoose={(value) => onChange({ ...filter, channel: chosen(value) })}
      />
    </div>
  );
}
