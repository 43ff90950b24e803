/** Who speaks in a message. */
export type Speaker = "host" | "server" | "widget";

/** One message, as it was sent. */
export interface LogEntry {
  readonly id: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly from: Speaker;
  readonly to: Speaker;
  /** What it is, in a few words, such as `tools/call echo`. */
  readonly title: string;
  /** What else to know, such as how long it took. */
  readonly note: string;
  readonly message: unknown;
}

/** Messages in the order in which they were sent. */
export interface MessageLog {
  record(entry: Omit<LogEntry, "id" | "at">): void;
  clear(): void;
  /** The same list until a message is recorded. */
  entries(): readonly LogEntry[];
  /** @returns how to stop. */
  subscribe(notify: () => void): () => void;
}

/** A widget that talks without end must not fill the page's memory. */
const KEPT = 400;

/** @param now milliseconds since 1970. */
export function createMessageLog(now: () => number): MessageLog {
  const listeners = new Set<() => void>();
  let entries: readonly LogEntry[] = [];
  let last = 0;
  const become = (next: readonly LogEntry[]): void => {
    entries = next;
    for (const notify of listeners) notify();
  };
  return {
    record(entry) {
      last += 1;
      become([...entries, { ...entry, id: last, at: now() }].slice(-KEPT));
    },
    clear: () => become([]),
    entries: () => entries,
    subscribe(notify) {
      listeners.add(notify);
      return () => listeners.delete(notify);
    },
  };
}
