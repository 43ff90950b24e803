import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../database/handle.ts";
import type { Medium, Teller } from "../kernel/ports/tell.ts";
import { type Backoff, backoffMs, type Random } from "./backoff.ts";
import { createBell } from "./bell.ts";
import { delayEntry, endEntry, type OutboxEntry, takeEntries, untilNextEntry } from "./records/outbox.ts";

/** How much is told at once by one medium. */
export interface Pace {
  /** Places for what is told at once, each by itself. */
  readonly atOnce: number;
  /** Of all that goes on, what lost its place included. */
  readonly mostAtOnce: number;
  /** Of all that goes on for one person: however much they are told, there are places for others. */
  readonly ofOnePerson: number;
  /** What takes longer goes on without its place, so that nobody waits for it; null where it keeps it. */
  readonly patienceMs: number | null;
}

/** All that is told by one medium. What is slow there holds up no other. */
interface MediumTeller {
  start(): void;
  /** There is, or may be, something to tell. */
  ring(): void;
  /** Ends it, once what is being told has been told. */
  stop(): Promise<void>;
}

/** Who tells one kind of thing. */
export interface Sender extends Teller {
  /** True of what is worth telling late: it is tried until it is a week old, where the rest is given up after an hour. */
  readonly lasting?: boolean;
}

/** Who tells what, by its kind. A kind that is not here is left alone: while servers are updated one by one, a newer one knows it. */
export type Senders = Readonly<Record<string, Sender>>;

/** How long things take. */
export interface Times {
  readonly leaseMs: number;
  readonly lookMs: number;
  /** How long a push that is slow keeps its place. */
  readonly patienceMs: number;
  readonly backoff: Backoff;
  /** Of what is lasting. */
  readonly lastingBackoff: Backoff;
}

/** What tells by each medium is made of. */
export interface MediumParts {
  readonly database: Database;
  readonly senders: Senders;
  readonly report: (error: unknown) => void;
  readonly random?: Random;
  readonly times: Times;
}

/** With the waits between them, about an hour: who was told later would be told of what is over. */
export const MOST_TRIES = 10;
const AGAIN_MS = 1_000;

/** What is being told by this process. @param freed called whenever one place is free again. */
function createSends(
  { database, senders, report, random = Math.random, times }: MediumParts,
  { atOnce, mostAtOnce, ofOnePerson, patienceMs }: Pace,
  freed: () => void,
) {
  const sending = new Set<Promise<void>>();
  /** Those of them that have a place. */
  const placed = new Set<Promise<void>>();
  const ofPerson = new Map<string, number>();
  const count = (userId: string, more: number): void => {
    const now = (ofPerson.get(userId) ?? 0) + more;
    if (now === 0) ofPerson.delete(userId);
    else ofPerson.set(userId, now);
  };

  async function send(entry: OutboxEntry): Promise<void> {
    const sender = senders[entry.kind];
    try {
      await sender?.[entry.medium]({ ...entry, at: entry.createdAt });
    } catch (error) {
      report(error);
      const lasting = sender?.lasting === true;
      if (entry.attempts >= MOST_TRIES && !lasting) await endEntry(database.handle, entry, true);
      else {
        const waits = lasting ? times.lastingBackoff : times.backoff;
        await delayEntry(database.handle, entry, backoffMs(waits, entry.attempts, random));
      }
      return;
    }
    await endEntry(database.handle, entry, false);
  }

  return {
    free: () => Math.min(atOnce - placed.size, mostAtOnce - sending.size),
    /** How much goes on for whom, and how much may. */
    shares: () => ({ most: ofOnePerson, taken: Object.fromEntries(ofPerson) }),
    /** What cannot be written down is told again when its lease is over. */
    begin(entry: OutboxEntry): void {
      const sent = send(entry)
        .catch(report)
        .finally(() => {
          clearTimeout(slow);
          placed.delete(sent);
          sending.delete(sent);
          count(entry.userId, -1);
          freed();
        });
      const leave = (): void => {
        placed.delete(sent);
        freed();
      };
      const slow = patienceMs === null ? undefined : setTimeout(leave, patienceMs);
      placed.add(sent);
      sending.add(sent);
      count(entry.userId, 1);
    },
    all: () => Promise.all(sending),
  };
}

/** Opens what tells by one medium. */
export function createMediumTeller(parts: MediumParts, medium: Medium, pace: Pace): MediumTeller {
  const { database, senders, report, times } = parts;
  const kinds = Object.keys(senders);
  const bell = createBell();
  const stopping = new AbortController();
  const sends = createSends(parts, pace, () => bell.ring());
  let working = Promise.resolve();

  /** @returns false when there may be more to take at once. */
  async function beginSome(): Promise<boolean> {
    const limit = sends.free();
    if (limit <= 0) return true;
    const entries = await takeEntries(database.handle, {
      medium,
      kinds,
      shares: sends.shares(),
      leaseMs: times.leaseMs,
      limit,
    });
    for (const entry of entries) sends.begin(entry);
    return entries.length < limit;
  }

  async function untilNext(): Promise<number> {
    if (sends.free() <= 0) return times.lookMs;
    const next = await untilNextEntry(database.handle, { medium, kinds, shares: sends.shares() });
    return Math.min(times.lookMs, Math.max(20, next ?? times.lookMs));
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
    ring: () => bell.ring(),
    start() {
      working = work();
    },
    async stop() {
      stopping.abort();
      await working;
      await sends.all();
    },
  };
}
