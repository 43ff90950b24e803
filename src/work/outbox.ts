import { setTimeout as pause } from "node:timers/promises";
import type { Database, Handle, Subscription } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { type Backoff, backoffMs, type Random } from "./backoff.ts";
import { createBell } from "./bell.ts";
import { delayEntry, endEntry, insertEntry, type OutboxEntry, takeEntries, untilNextEntry } from "./records/outbox.ts";

/** Tells people what happened, at least once, and never what did not: an entry commits with what it tells of. */
export interface Outbox {
  /** @param of `kind` says what happened, `ref` to which thing: a pointer, so that no words lie about. */
  put(handle: Handle, of: { readonly kind: string; readonly userId: string; readonly ref: string }): Promise<void>;
  /** Begins to send. */
  start(): Promise<void>;
  /** Ends it, once what is being said has been said. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Who says what, by the kind of what happened. What each throws is tried again; what was said may be said again after a
 * crash. A kind that is not here is left alone: while servers are updated one by one, a newer one knows it. Each is told when
 * it happened.
 */
export type Senders = Readonly<Record<string, (userId: string, ref: string, at: Date) => Promise<void>>>;

/** What the outbox is made of. */
export interface OutboxParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly senders: Senders;
  readonly report: (error: unknown) => void;
  readonly random?: Random;
  /** Tests hand in short ones. */
  readonly times?: {
    readonly leaseMs: number;
    readonly lookMs: number;
    /** How long one that is slow keeps its place. */
    readonly patienceMs: number;
    readonly backoff: Backoff;
  };
}

const CHANNEL = "outbox";
/** With the waits below, about an hour: who was told later would be told of what is over. */
export const MOST_TRIES = 10;
/** 10 s, 20 s, 40 s and so on up to half an hour, each between half and all of that. */
export const WAITS: Backoff = { firstMs: 10_000, mostMs: 1_800_000 };
/** Places for what is said at once, each by itself. One that is slow goes on without its place, so that nobody waits for it. */
const AT_ONCE = 20;
/**
 * Of all that goes on, the slow ones too. A silent push service is given up after ten seconds, and twenty places a second are
 * left to what is slow: so two hundred at most, and nobody else comes to wait for this bound.
 */
const MOST_AT_ONCE = 200;
const AGAIN_MS = 1_000;
const TIMES = { leaseMs: 60_000, lookMs: 5_000, patienceMs: 1_000, backoff: WAITS };

/** What is being said by this process. @param freed called whenever one place is free again. */
function createSends(
  { database, senders, report, random = Math.random, times = TIMES }: OutboxParts,
  freed: () => void,
) {
  const sending = new Set<Promise<void>>();
  /** Those of them that have a place. */
  const placed = new Set<Promise<void>>();

  async function send(entry: OutboxEntry): Promise<void> {
    try {
      await senders[entry.kind]?.(entry.userId, entry.ref, entry.createdAt);
    } catch (error) {
      report(error);
      if (entry.attempts >= MOST_TRIES) await endEntry(database.handle, entry, true);
      else await delayEntry(database.handle, entry, backoffMs(times.backoff, entry.attempts, random));
      return;
    }
    await endEntry(database.handle, entry, false);
  }

  return {
    free: () => Math.min(AT_ONCE - placed.size, MOST_AT_ONCE - sending.size),
    /** What cannot be written down is said again when its lease is over. */
    begin(entry: OutboxEntry): void {
      const sent = send(entry)
        .catch(report)
        .finally(() => {
          clearTimeout(slow);
          placed.delete(sent);
          sending.delete(sent);
          freed();
        });
      const slow = setTimeout(() => {
        placed.delete(sent);
        freed();
      }, times.patienceMs);
      placed.add(sent);
      sending.add(sent);
    },
    all: () => Promise.all(sending),
  };
}

/** Opens the outbox of this process. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { database, clock, senders, report, times = TIMES } = parts;
  const kinds = Object.keys(senders);
  const bell = createBell();
  const stopping = new AbortController();
  const sends = createSends(parts, () => bell.ring());
  let working = Promise.resolve();
  let subscription: Subscription | undefined;

  /** @returns false when there may be more to take at once. */
  async function beginSome(): Promise<boolean> {
    const limit = sends.free();
    if (limit <= 0) return true;
    const entries = await takeEntries(database.handle, { kinds, leaseMs: times.leaseMs, limit });
    for (const entry of entries) sends.begin(entry);
    return entries.length < limit;
  }

  async function untilNext(): Promise<number> {
    if (sends.free() <= 0) return times.lookMs;
    return Math.min(times.lookMs, Math.max(20, (await untilNextEntry(database.handle, kinds)) ?? times.lookMs));
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (await beginSome()) await bell.wait(await untilNext(), stopping.signal);
      } catch (error) {
        report(error);
        await pause(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  return {
    async put(handle, of) {
      await insertEntry(handle, { id: uuidv7(clock()), ...of });
      await database.notify(handle, CHANNEL, "");
    },
    async start() {
      subscription = await database.listen(CHANNEL, { message: () => bell.ring(), resumed: () => bell.ring() });
      working = work();
    },
    async stop() {
      stopping.abort();
      await working;
      await sends.all();
      await subscription?.close();
      subscription = undefined;
    },
  };
}
