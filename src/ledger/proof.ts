import type { ReadablePart } from "../kernel/chain.ts";
import type { ChainRecord } from "../kernel/chain.ts";
import type { ReceiptKey } from "../kernel/checkpoint.ts";
import { AppError } from "../kernel/errors.ts";
import { isUuid } from "../kernel/ids.ts";
import { type ExportParts, readableParts } from "./export.ts";
import { type LinkedRecord, recordsOfReceipt, selectRecords } from "./records/chains.ts";
import { type CoveringCheckpoint, firstCovering } from "./records/checkpoints.ts";
import { listReceiptKeys } from "./records/receipt-keys.ts";
import { selectWhole } from "./records/receipts.ts";

/** How one record of a receipt is tied to a signature. */
interface ProvenRecord {
  /** The record itself and those behind it in its lane, to the one that the checkpoint names. */
  readonly links: readonly ChainRecord[];
  readonly readable: ReadablePart | null;
  readonly covered: CoveringCheckpoint;
}

/** All that is needed to verify one receipt. */
export interface ReceiptProof {
  readonly receiptId: string;
  readonly records: readonly ProvenRecord[];
  /** Every key that ever signed. */
  readonly keys: readonly ReceiptKey[];
}

/** Records between a receipt's own and the checkpoint's: a minute of one person's calls, as a rule. */
const MOST_LINKS = 2_000;

async function prove(
  { database }: ExportParts,
  one: LinkedRecord,
  readable: ReadablePart | null,
): Promise<ProvenRecord | null> {
  const { chain, lane, seq } = one.record;
  const covered = await firstCovering(database.handle, { chain, lane, seq });
  const to = covered?.leaf.lanes.find(([number]) => number === lane)?.[1];
  if (!covered || to === undefined) return null;
  const links = await selectRecords(database.handle, { chain, lane, from: seq, to, limit: MOST_LINKS + 1 });
  if (links.length > MOST_LINKS) {
    throw new AppError("unavailable", "Too many calls stand between this receipt and its signature to be shown here.", {
      next: "Export your receipts and verify the file.",
    });
  }
  return { links: links.map(({ record }) => record), readable, covered };
}

/**
 * The proof of one of a person's receipts. Where its records are under no checkpoint yet, one is made.
 * @throws AppError `not_found` for a receipt that is not theirs, or is not in the chain yet.
 */
export async function proofOf(parts: ExportParts, userId: string, receiptId: string): Promise<ReceiptProof> {
  const { database, checkpoints } = parts;
  const found = isUuid(receiptId) ? (await selectWhole(database.handle, [receiptId])).get(receiptId) : undefined;
  const records = found?.receipt.userId === userId ? await recordsOfReceipt(database.handle, receiptId) : [];
  const [first] = records;
  if (!first) throw new AppError("not_found", "There is no such receipt, or it is not in the chain yet.");
  const readable = await readableParts(database, records);
  const proofs = async (): Promise<readonly (ProvenRecord | null)[]> =>
    Promise.all(records.map((one, index) => prove(parts, one, readable[index] ?? null)));
  const early = await proofs();
  if (early.includes(null)) await checkpoints.make(first.record.chain);
  const proven = early.includes(null) ? await proofs() : early;
  const keys = (await listReceiptKeys(database.handle)).map(({ key }) => key);
  return { receiptId, records: proven.filter((one) => one !== null), keys };
}
