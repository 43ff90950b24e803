import { randomUUID } from "node:crypto";
import type { Database, Handle } from "../database/handle.ts";
import { type ChainRecord, digestsOf, hashOfRecord } from "../kernel/chain.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Receipt } from "../kernel/receipt.ts";
import type { Lane } from "./lane.ts";
import { chainOfReceipt, headOf, type LinkedRecord, openHeads } from "./records/chains.ts";

/** What is to be recorded. */
export interface Draft {
  readonly receipt: Receipt;
  readonly kind: ChainRecord["kind"];
  readonly salt: string;
}

/** The ends of some chains, held: nobody else in this process appends to them until they are let go. */
export interface HeldChains {
  /** The next record of its person's chain. */
  link(draft: Draft): LinkedRecord;
  /** Lets go: what was linked is committed. */
  kept(): void;
  /** Lets go: what was linked may not be committed, so the ends are read anew before the next record. */
  lost(): void;
}

/** The transaction in which a call is closed, and its receipt. */
interface ClosingCall {
  readonly handle: Handle;
  readonly receiptId: string;
}

/** Where people's chains end in the lane of this process. */
export interface Chains {
  /** Reads what is not known, in one question for all. Outside of any transaction. */
  ready(userIds: readonly string[]): Promise<void>;
  /**
   * Holds these people's chains. Whoever calls has its database connection already: to wait for one while holding a chain
   * would be to wait for somebody who waits for the chain.
   * @param inside the transaction that closes a call: what is not known is read in it. Without one, it is thrown.
   * @throws StaleHead
   */
  hold(userIds: readonly string[], inside?: ClosingCall): Promise<HeldChains>;
}

/** An end has to be read anew before anything is appended. */
export class StaleHead extends Error {}

interface Entry {
  readonly userId: string;
  /** Offered until the database says which it is. */
  chain: string;
  /** Lane for which the end is known. 0: it is not. */
  lane: number;
  seq: number;
  hash: string | null;
  /** Counts every change, so that what was read before one is not taken for what is after it. */
  version: number;
  /** Settles when whoever holds the chain lets go. */
  busy: Promise<void> | undefined;
  /** How many hold it or wait for it. */
  wanted: number;
}

/** People whose ends are remembered; a forgotten end is one question more. */
const MOST_KNOWN = 20_000;

const blank = (userId: string): Entry => ({
  userId,
  chain: randomUUID(),
  lane: 0,
  seq: 0,
  hash: null,
  version: 0,
  busy: undefined,
  wanted: 0,
});

/** Waits for its turn, and returns how to let go. */
async function hold(entry: Entry): Promise<() => void> {
  entry.wanted += 1;
  while (entry.busy) await entry.busy;
  const { promise, resolve } = Promise.withResolvers<void>();
  entry.busy = promise;
  return () => {
    entry.busy = undefined;
    entry.wanted -= 1;
    resolve();
  };
}

/** The entries of people, the oldest forgotten where there are too many. */
function createMemory(): { of(userId: string): Entry; known(userId: string): Entry | undefined } {
  const entries = new Map<string, Entry>();

  function forgetSome(): void {
    for (const [userId, entry] of entries) {
      if (entries.size <= MOST_KNOWN * 0.9) return;
      if (entry.wanted === 0) entries.delete(userId);
    }
  }

  return {
    known: (userId) => entries.get(userId),
    of(userId) {
      const found = entries.get(userId);
      if (found) return found;
      const entry = blank(userId);
      entries.set(userId, entry);
      if (entries.size > MOST_KNOWN) forgetSome();
      return entry;
    },
  };
}

/** The ends of these chains as they grow, until they are let go. */
function holdEnds(held: ReadonlyMap<string, Entry>, releases: readonly (() => void)[], clock: Clock): HeldChains {
  const tips = new Map([...held].map(([userId, { seq, hash }]) => [userId, { seq, hash }]));
  const letGo = (change: (entry: Entry, tip: { seq: number; hash: string | null }) => void): void => {
    for (const [userId, entry] of held) {
      const tip = tips.get(userId);
      if (tip) change(entry, tip);
      entry.version += 1;
    }
    for (const release of releases) release();
  };
  return {
    link: ({ receipt, kind, salt }) => {
      const [entry, tip] = [held.get(receipt.userId), tips.get(receipt.userId)];
      if (!entry || !tip) throw new Error("The chain of this receipt is not held.");
      const record: ChainRecord = {
        chain: entry.chain,
        lane: entry.lane,
        seq: tip.seq + 1,
        prev: tip.hash,
        receipt: receipt.id,
        kind,
        at: clock().toISOString(),
        ...digestsOf(receipt, kind, salt),
      };
      const hash = hashOfRecord(record);
      tips.set(receipt.userId, { seq: record.seq, hash });
      return { record, hash };
    },
    kept: () => letGo((entry, tip) => Object.assign(entry, tip)),
    lost: () => letGo((entry) => Object.assign(entry, { lane: 0 })),
  };
}

/** Keeps the ends of chains in memory, so that a record costs no question. */
export function createChains(database: Database, lane: Lane, clock: Clock): Chains {
  const memory = createMemory();
  const isStale = (entry: Entry): boolean => entry.lane !== lane.number();

  async function ready(userIds: readonly string[]): Promise<void> {
    await lane.ready();
    for (;;) {
      const stale = [...new Set(userIds)].map(memory.of).filter(isStale);
      if (stale.length === 0) return;
      const inLane = lane.number();
      const versions = new Map(stale.map((entry) => [entry.userId, entry.version]));
      for (const head of await openHeads(database.handle, inLane, stale)) {
        const entry = memory.known(head.userId);
        if (!entry || entry.version !== versions.get(head.userId)) continue;
        Object.assign(entry, head, { lane: inLane, version: entry.version + 1 });
      }
    }
  }

  /** The call's intent says which chain it is: its person may be erased in this very transaction. */
  async function reload(entry: Entry, { handle, receiptId }: ClosingCall): Promise<void> {
    const chain = await chainOfReceipt(handle, receiptId);
    if (chain === null) throw new StaleHead("The call has no intent.");
    const inLane = lane.number();
    const head = await headOf(handle, chain, inLane);
    Object.assign(entry, head, { chain, lane: inLane, version: entry.version + 1 });
  }

  return {
    ready,
    async hold(userIds, inside) {
      // Always in the same order, so that two who want several never wait for each other.
      const wanted = new Map([...new Set(userIds)].toSorted().map((userId) => [userId, memory.of(userId)]));
      const releases: (() => void)[] = [];
      try {
        for (const entry of wanted.values()) {
          releases.push(await hold(entry));
          if (isStale(entry) && inside) await reload(entry, inside);
          else if (isStale(entry)) throw new StaleHead("The end of a chain is not known.");
        }
      } catch (error) {
        for (const release of releases) release();
        throw error;
      }
      return holdEnds(wanted, releases, clock);
    },
  };
}
