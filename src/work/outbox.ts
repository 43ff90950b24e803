import type { Handle, Subscription } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { Medium, Targets } from "../kernel/ports/tell.ts";
import type { Backoff } from "./backoff.ts";
import { createMediumTeller, type MediumParts, type Pace, type Times } from "./outbox-medium.ts";
import { countOf, insertEntries, type NewEntry } from "./records/outbox.ts";

/** What is to be told: what happened, and to which thing it did. A pointer, so that no words lie about. */
export interface ToTell {
  readonly kind: string;
  readonly userId: string;
  readonly ref: string;
  /** Where it goes, fixed by the transaction: whoever changes that a moment later changes nothing of it. */
  readonly to: Targets;
  /** Of this kind to this person, where there is a bound: what is more is not told. */
  readonly mostAnHour?: number;
}

/** Tells people what happened, at least once, and never what did not: an entry commits with what it tells of. */
export interface Outbox {
  /** Tells of it to each target, each with tries of its own. */
  put(handle: Handle, of: ToTell): Promise<void>;
  /** Begins to tell. */
  start(): Promise<void>;
  /** Ends it, once what is being told has been told. A second call does nothing. */
  stop(): Promise<void>;
}

/** What the outbox is made of. */
export interface OutboxParts extends Omit<MediumParts, "times"> {
  readonly clock: Clock;
  /** Tests hand in short ones; what is left out is as long as usual. */
  readonly times?: Partial<Times>;
}

const CHANNEL = "outbox";
/** 10 s, 20 s, 40 s and so on up to half an hour, each between half and all of that. */
export const WAITS: Backoff = { firstMs: 10_000, mostMs: 1_800_000 };
/** The same up to four hours: some fifty tries in a week. */
export const LASTING_WAITS: Backoff = { firstMs: 10_000, mostMs: 14_400_000 };
const TIMES: Times = {
  leaseMs: 60_000,
  lookMs: 5_000,
  patienceMs: 1_000,
  backoff: WAITS,
  lastingBackoff: LASTING_WAITS,
};

/** A mail server refuses more connections than it likes, so that a mail keeps its place however long it takes. */
const mailPace: Pace = { atOnce: 20, mostAtOnce: 20, ofOnePerson: 5, patienceMs: null };
/**
 * A push service is somebody else's for each browser: one that is slow goes on without its place. One that is silent is given
 * up after ten seconds, and twenty places a second are left to what is slow.
 */
const pushPace = ({ patienceMs }: Times): Pace => ({ atOnce: 20, mostAtOnce: 200, ofOnePerson: 10, patienceMs });

/** Of one person, of what has a bound: who cannot be told of so much is told no more, and nobody waits while it is sorted. */
const MOST_WAITING = 500;

const media: readonly Medium[] = ["mail", "push"];

/** Opens the outbox of this process. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { database, clock } = parts;
  const times = { ...TIMES, ...parts.times };
  const pace = { mail: mailPace, push: pushPace(times) };
  const tellers = media.map((medium) => createMediumTeller({ ...parts, times }, medium, pace[medium]));
  let subscription: Subscription | undefined;
  const ring = (): void => {
    for (const teller of tellers) teller.ring();
  };

  return {
    async put(handle, { kind, userId, ref, to, mostAnHour }) {
      const entryOf = (medium: Medium, target: string | null): NewEntry => {
        return { id: uuidv7(clock()), kind, userId, ref, medium, target };
      };
      if (mostAnHour !== undefined) {
        const { recent, waiting } = await countOf(handle, userId, kind);
        if (recent >= mostAnHour || waiting >= MOST_WAITING) return;
      }
      const entries = media.flatMap((medium) => to[medium].map((target) => entryOf(medium, target)));
      if (entries.length === 0) return;
      await insertEntries(handle, entries);
      await database.notify(handle, CHANNEL, "");
    },
    async start() {
      subscription = await database.listen(CHANNEL, { message: ring, resumed: ring });
      for (const teller of tellers) teller.start();
    },
    async stop() {
      await Promise.all(tellers.map((teller) => teller.stop()));
      await subscription?.close();
      subscription = undefined;
    },
  };
}
