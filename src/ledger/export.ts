import type { Database } from "../database/handle.ts";
import { type ReadablePart, readableOf } from "../kernel/chain.ts";
import { signJson } from "../kernel/checkpoint.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { isUuid } from "../kernel/ids.ts";
import { canonicalJson } from "../kernel/json.ts";
import { digestOfLine, lineText, type UnlinkedLine } from "../kernel/receipt-file.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { chainOfUser, isChain, type LinkedRecord, selectRecords } from "./records/chains.ts";
import { type CoveringCheckpoint, selectCovering } from "./records/checkpoints.ts";
import { listReceiptKeys } from "./records/receipt-keys.ts";
import { selectWhole } from "./records/receipts.ts";

/** What an export is made from. */
export interface ExportParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly checkpoints: Checkpoints;
}

const PAGE = 500;

/** What is readable of these records, in their order; null where it was erased. */
export async function readableParts(
  database: Database,
  records: readonly LinkedRecord[],
): Promise<readonly (ReadablePart | null)[]> {
  const whole = await selectWhole(database.handle, [...new Set(records.map(({ record }) => record.receipt))]);
  return records.map(({ record }) => {
    const found = whole.get(record.receipt);
    return found?.salt ? readableOf(found.receipt, record.kind, found.salt) : null;
  });
}

async function* recordLines(
  database: Database,
  chain: string,
  last: CoveringCheckpoint | undefined,
): AsyncGenerator<UnlinkedLine> {
  for (const [lane, to] of last?.leaf.lanes ?? []) {
    for (let from = 1; from <= to; from += PAGE) {
      const records = await selectRecords(database.handle, { chain, lane, from, to, limit: PAGE });
      const readable = await readableParts(database, records);
      yield* records.map((one, index) => ({ type: "record" as const, ...one, readable: readable[index] ?? null }));
    }
  }
}

/** Every checkpoint that covers a chain. */
async function allCovering(database: Database, chain: string): Promise<readonly CoveringCheckpoint[]> {
  const all: CoveringCheckpoint[] = [];
  for (let from = 1; ;) {
    const page = await selectCovering(database.handle, { chain, from, limit: PAGE });
    all.push(...page);
    if (page.length < PAGE) return all;
    from = (page.at(-1)?.checkpoint.number ?? 0) + 1;
  }
}

/**
 * The chain of a person, by their id; or a chain by its own id, which may be of a person who was erased.
 * @throws AppError `not_found`.
 */
export async function chainFor({ database }: Pick<ExportParts, "database">, id: string): Promise<string> {
  if (isUuid(id)) {
    const own = await chainOfUser(database.handle, id);
    if (own !== null) return own;
    if (await isChain(database.handle, id)) return id;
  }
  throw new AppError("not_found", "There are no receipts of this person.", {
    next: "Name a person by their address or id, or a chain by its id.",
  });
}

async function* unlinkedLines(parts: ExportParts, chain: string, kid: string): AsyncGenerator<UnlinkedLine> {
  const { database, clock } = parts;
  await parts.checkpoints.make(chain);
  const covering = await allCovering(database, chain);
  const kids = new Set(covering.map(({ checkpoint }) => checkpoint.kid));
  const keys = (await listReceiptKeys(database.handle)).map(({ key }) => key);
  const needed = keys.filter((key) => kids.has(key.kid) || key.kid === kid);
  yield { type: "header", format: "bellhop-receipts/1", chain, at: clock().toISOString(), keys: needed };
  yield* recordLines(database, chain, covering.at(-1));
  for (const one of covering) yield { type: "checkpoint", ...one };
}

/**
 * The file of a chain, line by line (`src/kernel/receipt-file.ts`). What is new is put under a checkpoint first; records
 * that are added while it is written are not in it.
 */
export async function* exportChain(parts: ExportParts, chain: string): AsyncGenerator<string> {
  const counts = { record: 0, checkpoint: 0, header: 0 };
  let before: string | null = null;
  // The key that the head names signs the end, whichever follows it while the file is written.
  const { kid, privateKey } = await parts.checkpoints.withKey((key) => key);
  for await (const line of unlinkedLines(parts, chain, kid)) {
    const text = lineText(line, before);
    before = digestOfLine(text);
    counts[line.type] += 1;
    yield `${text}\n`;
  }
  const { record: records, checkpoint: checkpoints } = counts;
  const at = parts.clock().toISOString();
  const body = { type: "end", format: "bellhop-receipts-end/1", chain, at, kid, records, checkpoints, before };
  yield `${canonicalJson({ ...body, signature: signJson(body, privateKey) })}\n`;
}
