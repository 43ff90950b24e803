import type { Guard } from "./guards.ts";

/** What a card shows of a list, and how much it does not. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** Rows beyond what one card holds. */
  readonly more: number;
  /** Rows that came in a form which the card does not know. */
  readonly unreadable: number;
}

/** More than this in one card is no list any more. */
const ROWS_LIMIT = 100;

/** Takes the rows that can be drawn; one that cannot does not keep the others from being seen. */
export function readRows<Row extends { readonly id: string }>(came: readonly unknown[], isRow: Guard<Row>): Rows<Row> {
  // Of two rows with one id the first: what is done to one would be done to both.
  const readable = [
    ...new Map(
      came
        .filter(isRow)
        .toReversed()
        .map((row) => [row.id, row]),
    ).values(),
  ].toReversed();
  const rows = readable.slice(0, ROWS_LIMIT);
  return { rows, more: readable.length - rows.length, unreadable: came.length - readable.length };
}

/** "1 item", "2 items". */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
