import { isText } from "../ui/guards.ts";
import { type Receipt, isOutcome } from "./contract.ts";

/** Which receipts to show; what is absent does not matter. It stands in the page's address. */
export interface ReceiptFilter {
  /** Part of the tool, the client, the request id or the reason. */
  readonly q?: string | undefined;
  readonly tool?: string | undefined;
  readonly channel?: string | undefined;
  readonly outcome?: Receipt["outcome"] | undefined;
}

/** A word of an address; nothing where it is empty or none. */
export const wordOf = (value: unknown): string | undefined => (isText(value) && value !== "" ? value : undefined);

/** Reads a filter from an address; what it does not know is left out. */
export const readReceiptFilter = (search: Readonly<Record<string, unknown>>): ReceiptFilter => ({
  q: wordOf(search["q"]),
  tool: wordOf(search["tool"]),
  channel: wordOf(search["channel"]),
  outcome: isOutcome(search["outcome"]) ? search["outcome"] : undefined,
});

const isOrAny = (wanted: string | undefined, value: string): boolean => wanted === undefined || wanted === value;

/** Whether a receipt that arrives by itself belongs to what is shown: the same rule as the server's. */
export function isAmong(filter: ReceiptFilter, receipt: Receipt): boolean {
  const { tool, title, clientName, requestId, code, channel, outcome } = receipt;
  const words = (filter.q ?? "").trim().toLowerCase();
  return (
    isOrAny(filter.tool, tool) &&
    isOrAny(filter.channel, channel) &&
    isOrAny(filter.outcome, outcome) &&
    [tool, title, clientName, requestId, code ?? ""].some((text) => text.toLowerCase().includes(words))
  );
}
