import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Guard } from "../../ui/guards.ts";
import { isApproval } from "../approvals/contract.ts";
import { type Receipt, isReceipt } from "../contract.ts";
import { isJob } from "../jobs/contract.ts";
import { type EventKind, type Following, type Line, followEvents } from "./follow-events.ts";
import { putApproval, putJob, putReceipt } from "./put-in.ts";
import { lineQuery } from "./use-is-live.ts";

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

const LIVE: ReadonlySet<unknown> = new Set([
  "receipts",
  "grants",
  "intents",
  "approvals",
  "approval",
  "receipt",
  "jobs",
  "job",
]);

/** What was read before the line stood may have changed since. */
const isLive = ({ queryKey, state }: Query): boolean => LIVE.has(queryKey[0]) && state.data !== undefined;

/** What an event holds; null for what is none, such as one of a newer server. */
function readIn<T>(data: string, guard: Guard<T>): T | null {
  try {
    const value: unknown = JSON.parse(data);
    return guard(value) ? value : null;
  } catch {
    return null;
  }
}

/** Puts an event where it belongs. @returns what has to be read again. */
function take(queries: QueryClient, kind: EventKind, data: string): readonly string[] {
  if (kind === "approval") {
    const approval = readIn(data, isApproval);
    return approval ? putApproval(queries, approval) : [];
  }
  if (kind === "job") {
    const job = readIn(data, isJob);
    return job ? putJob(queries, job) : [];
  }
  const receipt = readIn(data, isReceipt);
  return receipt ? [...putReceipt(queries, receipt), ...touchedBy(receipt)] : [];
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
    const rereadSession = (): void => void queries.invalidateQueries({ queryKey: ["session"] });
    let broken = false;
    following.current = followEvents("/api/events", window, {
      onEvent: (kind, data) => {
        const touched = take(queries, kind, data);
        if (touched.length > 0) rereading.soon(touched);
      },
      onGap: () => void queries.invalidateQueries({ predicate: isLive }),
      onLine: (changed) => {
        // What was asked while the server was away may have failed.
        if (changed === "live" && broken) rereadSession();
        broken &&= changed !== "live";
        setLine(changed);
        queries.setQueryData(lineQuery.queryKey, changed);
      },
      onBreak: () => {
        broken = true;
        rereadSession();
      },
    });
    return () => {
      rereading.end();
      following.current?.end();
    };
  }, [queries]);
  return { line, comeBack: () => following.current?.comeBack() };
}
