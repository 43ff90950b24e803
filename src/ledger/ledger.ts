import { randomUUID } from "node:crypto";
import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Ledger } from "../kernel/ports/ledger.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { type Draft, type HeldChains, StaleHead, createChains } from "./chains.ts";
import { createGroupCommit } from "./group-commit.ts";
import { type Lane, createLane } from "./lane.ts";
import { insertRecord, recordRows } from "./records/chains.ts";
import {
  closeReceipt,
  receiptRows,
  type ReceiptQuery,
  saltOf,
  saltReceipt,
  selectInterrupted,
  selectReceipts,
  selectTools,
  selectUnchained,
  sweepErased,
} from "./records/receipts.ts";

/** A page of a person's receipts, newest first. */
export interface ReceiptPage {
  readonly receipts: readonly Receipt[];
  /** Pass as `before` for the next page; null on the last one. */
  readonly next: string | null;
}

/** The ledger, and what may be read of it. */
export interface ReceiptLedger extends Ledger<Handle> {
  page(query: ReceiptQuery): Promise<ReceiptPage>;
  /** The tools that a person's receipts name, in no order: the known ones, and some of the others. */
  tools(userId: string, known: readonly string[]): Promise<readonly string[]>;
  /**
   * Closes as `interrupted` the calls that died with their process; erases what calls of erased people left; takes
   * receipts that are older than the chain into it. Returns how many it closed.
   */
  sweep(): Promise<number>;
  /** Gives back what this process holds in the database. */
  release(): Promise<void>;
}

/** Longer than any call may take: a receipt still open then belongs to a dead process. */
const INTERRUPTED_AFTER_SECONDS = 120;
/** Receipts that a sweep closes or takes in, in one go. */
const SWEPT = 500;
/** A batch meets a chain whose end is not known when another was refused in the meantime, which is rare. */
const TRIES = 5;

/** True when somebody else's record stands where ours was to stand: the lane is not ours any more. */
const isForeign = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "23505" && error.message.includes("receipt_records_pkey");

/** A salt has 122 random bits, from Node's pool of randomness. */
const freshSalt = (): string => randomUUID();

const sealOf = (receipt: Receipt): Draft => ({
  receipt,
  kind: receipt.outcome === "open" ? "intent" : "call",
  salt: freshSalt(),
});

/**
 * Builds the ledger over its own tables.
 * @param announce told whose receipts have just been committed; it neither delays nor fails a call.
 * @param lane tests hand in one whose lease is short.
 */
export function createLedger(
  database: Database,
  clock: Clock,
  announce: (userIds: readonly string[]) => void = () => undefined,
  lane: Lane = createLane(database),
): ReceiptLedger {
  const chains = createChains(database, lane, clock);

  /** Whatever became of it: the lane is given up when it is another's, and the ends of the chains are read anew. */
  function failed(error: unknown, held: HeldChains | undefined): void {
    if (isForeign(error)) lane.lost();
    held?.lost();
  }

  /** Receipts and their records in one write: all of them or none. */
  async function writeBatch(drafts: readonly Draft[]): Promise<void> {
    const userIds = drafts.map(({ receipt }) => receipt.userId);
    await chains.ready(userIds);
    const writing: { held?: HeldChains } = {};
    try {
      await database.copy(async () => {
        const held = await chains.hold(userIds);
        writing.held = held;
        return [receiptRows(drafts), recordRows(drafts.map(held.link))];
      });
    } catch (error) {
      failed(error, writing.held);
      throw error;
    }
    writing.held?.kept();
  }

  /** @throws what the database says of the last try. */
  async function writeSurely(drafts: readonly Draft[], tries = TRIES): Promise<void> {
    try {
      await writeBatch(drafts);
    } catch (error) {
      if (tries <= 1 || !(error instanceof StaleHead || isForeign(error))) throw error;
      await writeSurely(drafts, tries - 1);
    }
  }

  const commit = createGroupCommit<Draft>(async (drafts) => {
    await writeSurely(drafts);
    const closed = drafts.filter(({ receipt }) => receipt.outcome !== "open");
    if (closed.length > 0) announce(closed.map(({ receipt }) => receipt.userId));
  });

  /** Salts of the calls that this process has opened: closing one costs no question. */
  const salts = new Map<string, string>();

  async function closing<T>(
    work: (handle: Handle, held: (of: Receipt) => Promise<HeldChains>) => Promise<T>,
  ): Promise<T> {
    await lane.ready();
    const closingNow: { held?: HeldChains } = {};
    try {
      const result = await database.transaction((handle) =>
        work(handle, async ({ userId, id: receiptId }) => {
          closingNow.held = await chains.hold([userId], { handle, receiptId });
          return closingNow.held;
        }),
      );
      closingNow.held?.kept();
      return result;
    } catch (error) {
      failed(error, closingNow.held);
      throw error;
    }
  }

  /** Closes the receipt and writes its outcome. False when it is not open any more; then nothing may be committed. */
  async function settle(
    handle: Handle,
    receipt: Receipt,
    hold: (of: Receipt) => Promise<HeldChains>,
  ): Promise<boolean> {
    const salt = salts.get(receipt.id) ?? (await saltOf(handle, receipt.id)) ?? freshSalt();
    const held = await hold(receipt);
    return closeReceipt(handle, { receipt, salt }, held.link({ receipt, salt, kind: "outcome" }));
  }

  async function close<T>(work: (handle: Handle) => Promise<T>, receiptOf: (result: T) => Receipt): Promise<T> {
    const closed = await closing(async (handle, hold) => {
      const result = await work(handle);
      const receipt = receiptOf(result);
      // Last in the transaction, so that a receipt closed by a sweep meanwhile rolls the change back too.
      if (await settle(handle, receipt, hold)) return { result, receipt };
      throw new AppError("interrupted", "The call took too long and was closed, so nothing was changed.");
    });
    salts.delete(closed.receipt.id);
    announce([closed.receipt.userId]);
    return closed.result;
  }

  /** Closes what changed nothing. False when it was not open any more. */
  async function abandon(receipt: Receipt): Promise<boolean> {
    await chains.ready([receipt.userId]);
    const gone = new AppError("interrupted", "The call is closed.");
    const done = await closing(async (handle, hold) => {
      if (await settle(handle, receipt, hold)) return true;
      throw gone;
    }).catch((error: unknown) => (error === gone ? false : Promise.reject(error)));
    announce([receipt.userId]);
    return done;
  }

  async function page(query: ReceiptQuery): Promise<ReceiptPage> {
    const receipts = await selectReceipts(database.handle, { ...query, limit: query.limit + 1 });
    const shown = receipts.slice(0, query.limit);
    return { receipts: shown, next: receipts.length > shown.length ? (shown.at(-1)?.id ?? null) : null };
  }

  /** A receipt that is older than the chain gets a record of what it says now. */
  const takeIn = (receipt: Receipt): Promise<void> =>
    closing(async (handle, hold) => {
      const salt = freshSalt();
      if (!(await saltReceipt(handle, { receipt, salt }))) return;
      const held = await hold(receipt);
      await insertRecord(handle, held.link({ receipt, salt, kind: "anchor" }));
    });

  async function sweep(): Promise<number> {
    const before = after(clock(), -INTERRUPTED_AFTER_SECONDS);
    let count = 0;
    for (const receipt of await selectInterrupted(database.handle, before, SWEPT)) {
      if (await abandon({ ...receipt, outcome: "failed", code: "interrupted" })) count += 1;
    }
    await sweepErased(database.handle, before);
    const older = await selectUnchained(database.handle, SWEPT);
    await chains.ready(older.map(({ userId }) => userId));
    for (const receipt of older) await takeIn(receipt);
    return count;
  }

  return {
    record: (receipt) => commit(sealOf(receipt)),
    async open(receipt) {
      const draft = sealOf(receipt);
      await commit(draft);
      salts.set(receipt.id, draft.salt);
    },
    close,
    async abandon(receipt) {
      await abandon(receipt).finally(() => salts.delete(receipt.id));
    },
    page,
    tools: (userId, known) => selectTools(database.handle, userId, known),
    sweep,
    release: () => lane.release(),
  };
}
