import { randomUUID } from "node:crypto";
import type { Database, Handle } from "../database/handle.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { type Chains, type Draft, type HeldChains, StaleHead } from "./chains.ts";
import type { Lane } from "./lane.ts";
import { recordRows } from "./records/chains.ts";
import { receiptRows } from "./records/receipts.ts";

/** Holds the chain of the receipt that a transaction writes. */
export type Hold = (of: Pick<Receipt, "id" | "userId">) => Promise<HeldChains>;

/** Appends to the chains. */
export interface ChainWriter {
  /** New receipts and their records in one write: all of them or none. */
  write(drafts: readonly Draft[]): Promise<void>;
  /** Runs a transaction that writes one record, at its end; anew when it was undone because others waited for it. */
  transaction<T>(work: (handle: Handle, hold: Hold) => Promise<T>): Promise<T>;
  /**
   * The same, to write the first record of a call. The chain is held last: whoever holds it waits for no row that somebody
   * has who waits for the chain.
   */
  writing<T>(userId: string, work: (handle: Handle, hold: () => Promise<HeldChains>) => Promise<T>): Promise<T>;
}

/** A batch meets a chain whose end is not known when another was refused in the meantime, which is rare. */
const TRIES = 5;

/** A salt has 122 random bits, from Node's pool of randomness. */
export const freshSalt = (): string => randomUUID();

/** True when somebody else's record stands where ours was to stand: the lane is not ours any more. */
const isForeign = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "23505" && error.message.includes("receipt_records_pkey");

/**
 * True when PostgreSQL ended one of several transactions that waited for each other (§13.3.4 of its manual: such a
 * transaction is to be tried again): an account that is erased while its assistants are at work, say.
 */
const isStandstill = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "40P01" || error.code === "40001");

/** Does it anew where it was undone for a reason that passes. */
async function again<T>(work: () => Promise<T>, passes: (error: unknown) => boolean, tries = TRIES): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (tries <= 1 || !passes(error)) throw error;
    return again(work, passes, tries - 1);
  }
}

/** Writes in the lane of this process. */
export function createChainWriter(database: Database, lane: Lane, chains: Chains): ChainWriter {
  /** Lets go of what was held when the work has ended, as it ended. */
  async function holding<T>(work: (keep: (held: HeldChains) => HeldChains) => Promise<T>): Promise<T> {
    const holder: { held?: HeldChains } = {};
    try {
      const result = await work((held) => (holder.held = held));
      holder.held?.kept();
      return result;
    } catch (error) {
      if (isForeign(error)) lane.lost();
      holder.held?.lost();
      throw error;
    }
  }

  async function writeOnce(drafts: readonly Draft[]): Promise<void> {
    const userIds = drafts.map(({ receipt }) => receipt.userId);
    await chains.ready(userIds);
    await holding((keep) =>
      database.copy(async () => {
        const held = keep(await chains.hold(userIds));
        return [receiptRows(drafts), recordRows(drafts.map(held.link))];
      }),
    );
  }

  return {
    write: (drafts) =>
      again(
        () => writeOnce(drafts),
        (error) => error instanceof StaleHead || isForeign(error),
      ),
    async transaction(work) {
      return again(async () => {
        await lane.ready();
        return holding((keep) =>
          database.transaction((handle) =>
            work(handle, async ({ userId, id: receiptId }) => keep(await chains.hold([userId], { handle, receiptId }))),
          ),
        );
      }, isStandstill);
    },
    writing: (userId, work) =>
      again(
        async () => {
          await chains.ready([userId]);
          return holding((keep) =>
            database.transaction((handle) => work(handle, async () => keep(await chains.hold([userId])))),
          );
        },
        (error) => error instanceof StaleHead || isForeign(error) || isStandstill(error),
      ),
  };
}
