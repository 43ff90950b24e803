import { setTimeout as pause } from "node:timers/promises";
import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { lowestIdAt, timeOfId } from "../kernel/ids.ts";
import { type Bell, createBell } from "./bell.ts";
import { gatherNames } from "./gather-names.ts";

/** One thing as it stands since a time. */
interface Change<Item> {
  /** A UUID, the same for every change of the thing. */
  readonly id: string;
  /** When it came to stand so, in milliseconds. */
  readonly at: Date;
  readonly item: Item;
}

/** Where news of one kind comes from: the room that keeps it reads its own rows. */
export interface FeedSource<Item> {
  readonly kind: string;
  /** A person's things that changed at `from` or later, as they stand, in the order of their changes. */
  changedSince(userId: string, from: Date, limit: number): Promise<readonly Change<Item>[]>;
}

/** News as a watcher gets it. */
export interface News<Item> {
  /** Where a replay goes on: a UUID of the time of the change. */
  readonly id: string;
  readonly item: Item;
}

/** What to watch. */
export interface Watch {
  readonly userId: string;
  /** The last news that the watcher has; what came after it is replayed. */
  readonly after?: string | undefined;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** News of everything that a person follows, to every process. */
export interface Feed<Item = unknown> {
  /** Says that these people have news. */
  announce(userIds: readonly string[]): Promise<void>;
  /** Says so when the transaction of the handle commits. */
  announceIn(handle: Handle, userIds: readonly string[]): Promise<void>;
  /**
   * A person's news as they come. `null` comes whenever nothing happened for a while, so that a dead connection is
   * noticed. How a thing stands in the end always comes; what it passed through in between may not. Some may come again
   * after a replay.
   */
  watch(watch: Watch): AsyncGenerator<News<Item> | null>;
  /** Ends every watch. A second call does nothing. */
  close(): Promise<void>;
}

const CHANNEL = "news";
/** Everyone should look: the names would not fit into one notification. */
const EVERYONE = "*";
const MOST_NAMES = 150;
/**
 * A change has its time before it is committed and can be seen: later ones may be seen first. A receipt's is even that of
 * the beginning of its call.
 */
const OVERLAP_SECONDS = 300;
const QUIET_MS = 15_000;
/** A busy assistant rings many times a second: while rings keep coming, a watcher reads at most this often. */
const CALM_MS = 250;
/** A busy process tells the others this often. They read less often than that, and each notification costs a commit. */
const GATHER_MS = 50;
const PAGE = 200;

/** What the feed reads from. */
interface FeedParts<Item> {
  readonly database: Database;
  readonly clock: Clock;
  readonly sources: readonly FeedSource<Item>[];
  /** Tests hand in another one. */
  readonly calmMs?: number;
}

/** A thing's own id where it tells the time of the change; else one that was made for it. */
const pointerTo = ({ id, at }: Change<unknown>): string =>
  timeOfId(id).getTime() === at.getTime() ? id : lowestIdAt(at);

const keyOf = ({ id, at }: Change<unknown>): string => `${id} ${at.getTime()}`;

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** Reads one source onwards; what may be read twice is remembered, so that each change comes once. */
function readOnwards<Item>(source: FeedSource<Item>, userId: string, start: Date, floor: Clock) {
  const seen = new Map<string, Date>();
  let from = start;
  let page = PAGE;
  /** @returns what is new, and whether there is more of it. */
  return async (): Promise<{ readonly fresh: readonly Change<Item>[]; readonly more: boolean }> => {
    const changes = await source.changedSince(userId, from, page);
    const fresh = changes.filter((change) => !seen.has(keyOf(change)));
    for (const change of changes) seen.set(keyOf(change), change.at);
    const last = changes.at(-1)?.at;
    const next = last !== undefined && changes.length === page ? last : undefined;
    // More than a page of one and the same time: only a longer page leads past it.
    page = next !== undefined && next <= from ? page * 2 : PAGE;
    from = next ?? floor();
    // What may be read again is remembered: everything above the floor, wherever the reading stands.
    const oldest = earlier(floor(), from);
    for (const [key, at] of seen) if (at < oldest) seen.delete(key);
    return { fresh, more: next !== undefined };
  };
}

/** A person's news from every source. */
async function* newsOf<Item>(
  { clock, sources, calmMs = CALM_MS }: FeedParts<Item>,
  { userId, after: last }: Watch,
  bell: Bell,
  ended: AbortSignal,
): AsyncGenerator<News<Item> | null> {
  const floor = (): Date => after(clock(), -OVERLAP_SECONDS);
  const start = last ? after(timeOfId(last), -OVERLAP_SECONDS) : floor();
  const readers = sources.map((source) => readOnwards(source, userId, start, floor));
  // Without a last one, what is old is no news.
  if (!last) for (const read of readers) while ((await read()).more);
  let rung = false;
  while (!ended.aborted) {
    let more = false;
    for (const read of readers) {
      const page = await read();
      more ||= page.more;
      for (const change of page.fresh) yield { id: pointerTo(change), item: change.item };
    }
    if (more) continue;
    // The first ring is heard at once; those that come within the calm after it are one.
    if (rung) await pause(calmMs, undefined, { signal: ended }).catch(() => undefined);
    rung = await bell.wait(QUIET_MS, ended);
    if (!rung && !ended.aborted) yield null;
  }
}

/** Opens the feed of this process. */
export async function openFeed<Item>(parts: FeedParts<Item>): Promise<Feed<Item>> {
  const { database } = parts;
  const bells = new Map<Bell, string>();
  const closing = new AbortController();
  const tell = (names: readonly string[]): void => {
    for (const [bell, userId] of bells) if (names.includes(userId) || names.includes(EVERYONE)) bell.ring();
  };
  const subscription = await database.listen(CHANNEL, {
    message: (names) => tell(names.split(",")),
    resumed: () => tell([EVERYONE]),
  });
  const namesOf = (userIds: readonly string[]): readonly string[] => {
    const names = [...new Set(userIds)];
    return names.length > MOST_NAMES ? [EVERYONE] : names;
  };
  const announceIn = (handle: Handle, userIds: readonly string[]): Promise<void> =>
    database.notify(handle, CHANNEL, namesOf(userIds).join(","));
  const announceSoon = gatherNames((names) => announceIn(database.handle, names), GATHER_MS, closing.signal);

  async function* watch(one: Watch): AsyncGenerator<News<Item> | null> {
    const bell = createBell();
    bells.set(bell, one.userId);
    try {
      yield* newsOf(parts, one, bell, AbortSignal.any([one.signal, closing.signal]));
    } finally {
      bells.delete(bell);
    }
  }

  return {
    announceIn,
    async announce(userIds) {
      // The embedded database has one process, so nobody else needs to be told.
      if (database.engine === "pglite") tell(namesOf(userIds));
      else await announceSoon(userIds);
    },
    watch,
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await subscription.close();
    },
  };
}
