import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { type ChainWriter, createChainWriter, freshSalt } from "./chain-writer.ts";
import { type Draft, createChains } from "./chains.ts";
import { type Also, type ReceiptCloser, createReceiptCloser } from "./receipt-closer.ts";
import { createGroupCommit } from "./group-commit.ts";
import { type Lane, createLane } from "./lane.ts";
import { insertRecord } from "./records/chains.ts";
import { insertReceipt, type ReceiptQuery, selectReceipts, selectTools } from "./records/receipts.ts";
import { sweepReceipts } from "./sweep.ts";

/** A page of a person's receipts, newest first. */
export interface ReceiptPage {
  readonly receipts: readonly Receipt[];
  /** Pass as `before` for the next page; null on the last one. */
  readonly next: string | null;
}

/** Writes new receipts in a transaction; the last thing that happens in it. */
export type WriteReceipt = (receipt: Receipt) => Promise<void>;

/** The book of receipts: what proves every call. What else belongs to a call, `effects.ts` writes beside them. */
export interface ReceiptLedger {
  /** Commits the receipt of a call that changed nothing. Calls that wait together commit together. */
  record(receipt: Receipt): Promise<void>;
  /** Commits the intent: a receipt with outcome `open`, before anything is changed. */
  open(receipt: Receipt): Promise<void>;
  /** Runs `work` in a transaction that ends with a new receipt of this person. */
  writing<T>(userId: string, work: (handle: Handle, write: WriteReceipt) => Promise<T>): Promise<T>;
  /**
   * Runs `work` and closes the open receipt in one transaction: the change and its receipt commit together or not at all.
   * Fails, and changes nothing, when the receipt is no longer open.
   */
  close<T>(work: (handle: Handle) => Promise<T>, receiptOf: (result: T) => Receipt, also?: Also): Promise<T>;
  /** Closes the open receipt of a call that changed nothing after all. False when it was not open any more. */
  abandon(receipt: Receipt, also?: Also): Promise<boolean>;
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

const sealOf = (receipt: Receipt): Draft => ({
  receipt,
  kind: receipt.outcome === "open" ? "intent" : "call",
  salt: freshSalt(),
});

/** Writes new receipts inside a transaction: the last thing in it, since it holds the person's chain. */
const createWriting =
  (
    writer: ChainWriter,
    closer: Pick<ReceiptCloser, "opened">,
    announce: (userIds: readonly string[]) => void,
  ): ReceiptLedger["writing"] =>
  async (userId, work) => {
    const written: Draft[] = [];
    const result = await writer.writing(userId, (handle, hold) => {
      written.length = 0;
      return work(handle, async (receipt) => {
        const draft = sealOf(receipt);
        const held = await hold();
        await insertReceipt(handle, draft);
        await insertRecord(handle, held.link(draft));
        written.push(draft);
      });
    });
    for (const { kind, receipt, salt } of written) if (kind === "intent") closer.opened(receipt.id, salt);
    if (written.some(({ kind }) => kind !== "intent")) announce([userId]);
    return result;
  };

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
  const writer = createChainWriter(database, lane, chains);
  const closer = createReceiptCloser(writer);
  const commit = createGroupCommit<Draft>(async (drafts) => {
    await writer.write(drafts);
    const closed = drafts.filter(({ receipt }) => receipt.outcome !== "open");
    if (closed.length > 0) announce(closed.map(({ receipt }) => receipt.userId));
  });

  async function page(query: ReceiptQuery): Promise<ReceiptPage> {
    const receipts = await selectReceipts(database.handle, { ...query, limit: query.limit + 1 });
    const shown = receipts.slice(0, query.limit);
    return { receipts: shown, next: receipts.length > shown.length ? (shown.at(-1)?.id ?? null) : null };
  }

  return {
    record: (receipt) => commit(sealOf(receipt)),
    async open(receipt) {
      const draft = sealOf(receipt);
      await commit(draft);
      closer.opened(receipt.id, draft.salt);
    },
    writing: createWriting(writer, closer, announce),
    async close(work, receiptOf, also) {
      const { result, receipt } = await closer.close(work, receiptOf, also);
      announce([receipt.userId]);
      return result;
    },
    async abandon(receipt, also) {
      const closed = await closer.abandon(receipt, also);
      announce([receipt.userId]);
      return closed;
    },
    page,
    tools: (userId, known) => selectTools(database.handle, userId, known),
    async sweep() {
      const closed = await sweepReceipts({ database, clock, chains, writer, closer });
      if (closed.length > 0) announce(closed);
      return closed.length;
    },
    release: () => lane.release(),
  };
}
