import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { isObject } from "../../ui/guards.ts";
import { type Receipt, isReceipt } from "../contract.ts";
import { readReceiptFilter } from "../receipt-filter.ts";
import { type Following, type Line, followReceipts } from "./follow-receipts.ts";
import { type ReadReceipts, mergeReceipt } from "./merge-receipt.ts";

/** A busy assistant makes many calls a second; what they touch is read again at most this often. */
const CALM_MS = 400;

/** Reads again what was named, all at once and not too often. */
function createRereading(queries: QueryClient) {
  const named = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reread = (): void => {
    timer = undefined;
    for (const name of named) void queries.invalidateQueries({ queryKey: [name] });
    named.clear();
  };
  return {
    soon(names: readonly string[]): void {
      for (const name of names) named.add(name);
      timer ??= setTimeout(reread, CALM_MS);
    },
    end: (): void => clearTimeout(timer),
  };
}

/** What a receipt may have changed besides the receipts. */
function touchedBy({ effect, channel }: Receipt): readonly string[] {
  if (effect === "read") return ["grants"];
  return channel === "web" ? ["grants", "intents", "session"] : ["grants", "intents"];
}

const filterOf = (value: unknown) => readReceiptFilter(isObject(value) ? value : {});

/** Puts a receipt into every list of receipts that was read. */
function putIn(queries: QueryClient, receipt: Receipt): readonly string[] {
  const lists = queries.getQueryCache().findAll({ queryKey: ["receipts"] });
  for (const { queryKey } of lists)
    queries.setQueryData<ReadReceipts>(queryKey, (read) => read && mergeReceipt(read, receipt, filterOf(queryKey[1])));
  // An answer that is on its way may be older than this receipt, and would take it out again.
  return lists.some(({ state }) => state.fetchStatus === "fetching") ? ["receipts"] : [];
}

const LIVE: ReadonlySet<unknown> = new Set(["receipts", "grants", "intents"]);

/** What was read before the line stood may have changed since. */
const isLive = ({ queryKey, state }: Query): boolean => LIVE.has(queryKey[0]) && state.status === "success";

/** The receipt in an event; null for what is none, such as one of a newer server. */
function receiptIn(data: string): Receipt | null {
  try {
    const value: unknown = JSON.parse(data);
    return isReceipt(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Keeps what is in view up to date while the person looks at it.
 * @returns how the line is (lost only when it was for long enough to be worth a word), and what takes it back from
 * newer windows.
 */
export function useLive(): { readonly line: Line; readonly comeBack: () => void } {
  const queries = useQueryClient();
  const [line, setLine] = useState<Line>("live");
  const following = useRef<Following | null>(null);
  useEffect(() => {
    const rereading = createRereading(queries);
    following.current = followReceipts("/api/events", window, {
      onReceipt: (data) => {
        const receipt = receiptIn(data);
        if (receipt) rereading.soon([...putIn(queries, receipt), ...touchedBy(receipt)]);
      },
      onGap: () => void queries.invalidateQueries({ predicate: isLive }),
      onLine: setLine,
      onBreak: () => void queries.invalidateQueries({ queryKey: ["session"] }),
    });
    return () => {
      rereading.end();
      following.current?.end();
    };
  }, [queries]);
  return { line, comeBack: () => following.current?.comeBack() };
}
