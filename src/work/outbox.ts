import type { Handle, Subscription } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { Backoff } from "./backoff.ts";
import { createOutboxLane, type LaneParts, type Pace, type Times } from "./outbox-lane.ts";
import { insertEntries, type NewEntry, type Way } from "./records/outbox.ts";

/** What is to be told: what happened, and to which thing it did. A pointer, so that no words lie about. */
export interface ToTell {
  readonly kind: string;
  readonly userId: string;
  readonly ref: string;
  /**
   * The addresses that are told by mail, fixed by the transaction: whoever changes them a moment later changes nothing of it.
   * Where nothing is said there is one mail, and whoever sends it looks for the address.
   */
  readonly mailTo?: readonly string[];
}

/** Tells people what happened, at least once, and never what did not: an entry commits with what it tells of. */
export interface Outbox {
  /** Tells of it by push, and by one mail to each address. */
  put(handle: Handle, of: ToTell): Promise<void>;
  /** Begins to send. */
  start(): Promise<void>;
  /** Ends it, once what is being said has been said. A second call does nothing. */
  stop(): Promise<void>;
}

/** What the outbox is made of. */
export interface OutboxParts extends Omit<LaneParts, "times"> {
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
const mailPace: Pace = { atOnce: 20, mostAtOnce: 20, patienceMs: null };
/**
 * A push service is somebody else's for each browser: one that is slow goes on without its place. One that is silent is given
 * up after ten seconds, and twenty places a second are left to what is slow: so two hundred at most, and nobody else comes to
 * wait for this bound.
 */
const pushPace = ({ patienceMs }: Times): Pace => ({ atOnce: 20, mostAtOnce: 200, patienceMs });

/** Opens the outbox of this process. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { database, clock } = parts;
  const times = { ...TIMES, ...parts.times };
  const lanes = [
    createOutboxLane({ ...parts, times }, "mail", mailPace),
    createOutboxLane({ ...parts, times }, "push", pushPace(times)),
  ];
  let subscription: Subscription | undefined;
  const ring = (): void => {
    for (const lane of lanes) lane.ring();
  };
  const entryOf = ({ kind, userId, ref }: ToTell, way: Way, recipient: string | null): NewEntry => {
    return { id: uuidv7(clock()), kind, userId, ref, way, recipient };
  };

  return {
    async put(handle, of) {
      const mails = (of.mailTo ?? [null]).map((address) => entryOf(of, "mail", address));
      await insertEntries(handle, [...mails, entryOf(of, "push", null)]);
      await database.notify(handle, CHANNEL, "");
    },
    async start() {
      subscription = await database.listen(CHANNEL, { message: ring, resumed: ring });
      for (const lane of lanes) lane.start();
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
      await subscription?.close();
      subscription = undefined;
    },
  };
}
