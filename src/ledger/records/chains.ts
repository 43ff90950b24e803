import { sql } from "kysely";
import type { CopyRows } from "../../database/copy.ts";
import type { Handle } from "../../database/handle.ts";
import type { ChainRecord } from "../../kernel/chain.ts";

/** Where a person's chain ends in one lane. */
export interface Head {
  readonly userId: string;
  readonly chain: string;
  /** 0 where the lane has no record of this chain yet. */
  readonly seq: number;
  readonly hash: string | null;
}

interface HeadRow {
  user_id: string;
  chain: string;
  seq: number | null;
  hash: string | null;
}

/**
 * Where these people's chains end in a lane. Who has no chain yet gets the one named here; of two processes that offer one
 * at once, one is believed, and the other's answer leaves the person out. Whichever constraint is met first: calls of one
 * process offer the same chain, and naming one constraint would let the other refuse the statement.
 */
export async function openHeads(
  handle: Handle,
  lane: number,
  offers: readonly { readonly userId: string; readonly chain: string }[],
): Promise<readonly Head[]> {
  const { rows } = await sql<HeadRow>`
    with offered as (
      select * from jsonb_to_recordset(${JSON.stringify(offers)}::jsonb) as o ("userId" uuid, chain uuid)
    ), made as (
      insert into receipt_chains (user_id, chain) select "userId", chain from offered
      on conflict do nothing returning user_id, chain
    ), known as (
      select user_id, chain from made
      union all
      select c.user_id, c.chain from receipt_chains c join offered o on o."userId" = c.user_id
    )
    select known.user_id, known.chain, head.seq, head.hash from known
    left join lateral (
      select seq, hash from receipt_records r where r.chain = known.chain and r.lane = ${lane} order by seq desc limit 1
    ) head on true`.execute(handle);
  return rows.map((row) => ({ userId: row.user_id, chain: row.chain, seq: row.seq ?? 0, hash: row.hash }));
}

/** Where one chain ends in a lane. */
export async function headOf(handle: Handle, chain: string, lane: number): Promise<Pick<Head, "seq" | "hash">> {
  const { rows } = await sql<{ seq: number; hash: string }>`
    select seq, hash from receipt_records where chain = ${chain} and lane = ${lane} order by seq desc limit 1
  `.execute(handle);
  return rows[0] ?? { seq: 0, hash: null };
}

/** The chain that a receipt's records stand in; null where it has none. */
export async function chainOfReceipt(handle: Handle, receiptId: string): Promise<string | null> {
  const { rows } = await sql<{ chain: string }>`
    select chain from receipt_records where receipt_id = ${receiptId} limit 1`.execute(handle);
  return rows[0]?.chain ?? null;
}

/** The chain of a person; null where they have none. */
export async function chainOfUser(handle: Handle, userId: string): Promise<string | null> {
  const { rows } = await sql<{ chain: string }>`
    select chain from receipt_chains where user_id = ${userId}`.execute(handle);
  return rows[0]?.chain ?? null;
}

/** Whether there is such a chain, even of a person who was erased. */
export async function isChain(handle: Handle, chain: string): Promise<boolean> {
  const { rows } = await sql`select from receipt_records where chain = ${chain} limit 1`.execute(handle);
  return rows.length > 0;
}

/** A record and its hash. */
export interface LinkedRecord {
  readonly record: ChainRecord;
  readonly hash: string;
}

/** Records as rows of a COPY. */
export const recordRows = (records: readonly LinkedRecord[]): CopyRows => ({
  into: "receipt_records (chain, lane, seq, prev, hash, receipt_id, kind, at, args, facts, result)",
  rows: records.map(({ record: r, hash }) => [
    r.chain,
    r.lane,
    r.seq,
    r.prev,
    hash,
    r.receipt,
    r.kind,
    r.at,
    r.args,
    r.facts,
    r.result,
  ]),
});

/** Writes one record. */
export async function insertRecord(handle: Handle, { record: r, hash }: LinkedRecord): Promise<void> {
  await sql`
    insert into receipt_records (chain, lane, seq, prev, hash, receipt_id, kind, at, args, facts, result)
    values (${r.chain}, ${r.lane}, ${r.seq}, ${r.prev}, ${hash}, ${r.receipt}, ${r.kind}, ${r.at}, ${r.args}, ${r.facts},
      ${r.result})`.execute(handle);
}

interface RecordRow {
  chain: string;
  lane: number;
  seq: number;
  prev: string | null;
  hash: string;
  receipt_id: string;
  kind: ChainRecord["kind"];
  at: Date;
  args: string;
  facts: string;
  result: string | null;
}

const toLinked = ({ hash, receipt_id: receipt, at, ...row }: RecordRow): LinkedRecord => ({
  record: { ...row, receipt, at: at.toISOString() },
  hash,
});

/** Records of one lane of a chain, from one sequence number on. */
export async function selectRecords(
  handle: Handle,
  { chain, lane, from, to, limit }: { chain: string; lane: number; from: number; to: number; limit: number },
): Promise<readonly LinkedRecord[]> {
  const { rows } = await sql<RecordRow>`
    select chain, lane, seq, prev, hash, receipt_id, kind, at, args, facts, result from receipt_records
    where chain = ${chain} and lane = ${lane} and seq between ${from} and ${to} order by seq limit ${limit}
  `.execute(handle);
  return rows.map(toLinked);
}

/** The records of one receipt, in the order in which they were written. */
export async function recordsOfReceipt(handle: Handle, receiptId: string): Promise<readonly LinkedRecord[]> {
  const { rows } = await sql<RecordRow>`
    select chain, lane, seq, prev, hash, receipt_id, kind, at, args, facts, result from receipt_records
    where receipt_id = ${receiptId} order by added_at, seq`.execute(handle);
  return rows.map(toLinked);
}
