import type { Database, Subscription } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { lowestIdAt, timeOfId } from "../kernel/ids.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { type Bell, createBell } from "./bell.ts";
import { selectClosedSince } from "./records/receipts.ts";

/** What to watch. */
export interface Watch {
  readonly userId: string;
  /** The last receipt that the watcher has; what came after it is replayed. */
  readonly after?: string | undefined;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** News of receipts, to every process. */
export interface ReceiptFeed {
  /** Says that these people have new receipts. */
  announce(userIds: readonly string[]): Promise<void>;
  /**
   * A person's receipts as they close. `null` comes whenever nothing happened for a while, so that a dead connection is
   * noticed. Every receipt comes at least once; one may come again after a replay.
   */
  watch(watch: Watch): AsyncGenerator<Receipt | null>;
  /** Ends every watch. A second call does nothing. */
  close(): Promise<void>;
}

const CHANNEL = "receipts";
/** Everyone should look: the names would not fit into one notification. */
const EVERYONE = "*";
const MOST_NAMES = 150;
/** A receipt's id is made when its call starts and is seen when it ends, so later ids may be seen first. */
const OVERLAP_SECONDS = 300;
const QUIET_MS = 15_000;
const PAGE = 200;

/** A person's receipts as they close; what may be read twice is remembered, so that each comes once. */
async function* receiptsOf(
  { database, clock }: FeedParts,
  { userId, after: last }: Watch,
  bell: Bell,
  ended: AbortSignal,
): AsyncGenerator<Receipt | null> {
  const seen = new Set<string>();
  const floorNow = (): string => lowestIdAt(after(clock(), -OVERLAP_SECONDS));
  let from = last ? lowestIdAt(after(timeOfId(last), -OVERLAP_SECONDS)) : floorNow();
  const next = (): Promise<readonly Receipt[]> => selectClosedSince(database.handle, userId, from, PAGE);
  for (let full = !last; full;) {
    const old = await next();
    for (const { id } of old) seen.add(id);
    full = old.length === PAGE;
    from = full ? (old.at(-1)?.id ?? from) : floorNow();
  }
  while (!ended.aborted) {
    const receipts = await next();
    for (const receipt of receipts) if (!seen.has(receipt.id)) yield receipt;
    for (const receipt of receipts) seen.add(receipt.id);
    const full = receipts.length === PAGE;
    const floor = floorNow();
    from = full ? (receipts.at(-1)?.id ?? from) : floor;
    // What may be read again is remembered: everything above the floor, wherever the reading stands.
    for (const id of seen) if (id < floor && id < from) seen.delete(id);
    if (!full && !(await bell.wait(QUIET_MS, ended)) && !ended.aborted) yield null;
  }
}

/** What the feed reads from. */
interface FeedParts {
  readonly database: Database;
  readonly clock: Clock;
}

/** Opens the feed of this process. */
export async function openReceiptFeed(database: Database, clock: Clock): Promise<ReceiptFeed> {
  const bells = new Map<Bell, string>();
  const closing = new AbortController();
  const tell = (names: readonly string[]): void => {
    for (const [bell, userId] of bells) if (names.includes(userId) || names.includes(EVERYONE)) bell.ring();
  };
  // The embedded database has one process, so nobody else needs to be told.
  const subscription: Subscription | undefined =
    database.engine === "postgres"
      ? await database.listen(CHANNEL, { message: (names) => tell(names.split(",")), resumed: () => tell([EVERYONE]) })
      : undefined;

  async function announce(userIds: readonly string[]): Promise<void> {
    const names = [...new Set(userIds)];
    const told = names.length > MOST_NAMES ? [EVERYONE] : names;
    if (subscription) await database.notify(database.handle, CHANNEL, told.join(","));
    else tell(told);
  }

  async function* watch(one: Watch): AsyncGenerator<Receipt | null> {
    const bell = createBell();
    bells.set(bell, one.userId);
    try {
      yield* receiptsOf({ database, clock }, one, bell, AbortSignal.any([one.signal, closing.signal]));
    } finally {
      bells.delete(bell);
    }
  }

  return {
    announce,
    watch,
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await subscription?.close();
    },
  };
}
