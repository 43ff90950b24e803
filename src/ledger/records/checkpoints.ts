import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { ChainLeaf, CheckpointBody, MerklePath } from "../../kernel/checkpoint.ts";

/** A chain with records that no checkpoint covers yet. */
export interface UncoveredChain {
  readonly chain: string;
  readonly records: number;
  readonly lanes: ChainLeaf["lanes"];
  /** Number of the last checkpoint that covers it; null when none does. */
  readonly before: number | null;
}

/** The last checkpoint. */
export interface LastCheckpoint {
  readonly number: number;
  readonly hash: string;
  /** Whatever was added before this time is covered. */
  readonly horizon: Date;
}

/** Any number of our own, the same in every process: no other advisory lock of ours uses it. */
const CHECKPOINTS_LOCK = 7_269_020;

/** Inside a transaction: no other process makes a checkpoint until it ends. */
export async function lockCheckpoints(handle: Handle): Promise<void> {
  await sql`select pg_advisory_xact_lock(${CHECKPOINTS_LOCK})`.execute(handle);
}

export async function lastCheckpoint(handle: Handle): Promise<LastCheckpoint | null> {
  const { rows } = await sql<LastCheckpoint>`
    select number, hash, horizon from receipt_checkpoints order by number desc limit 1`.execute(handle);
  return rows[0] ?? null;
}

/** The database's own time. */
export async function databaseTime(handle: Handle): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(handle);
  return rows[0]?.now ?? new Date(0);
}

/**
 * Chains with records that were added since `since` and are under no checkpoint. Whether a chain has news its number of
 * records tells, since they are only ever added; when they were added only says where to look.
 * @param only looks at this chain alone, however old its news is.
 */
export async function selectUncovered(
  handle: Handle,
  { since, only, limit }: { since: Date | null; only?: string | undefined; limit: number },
): Promise<readonly UncoveredChain[]> {
  const chains =
    only === undefined
      ? sql`select distinct chain from receipt_records where added_at >= coalesce(${since}::timestamptz, '-infinity')`
      : sql`select ${only}::uuid as chain`;
  const { rows } = await sql<UncoveredChain>`
    with fresh as (${chains}), ends as (
      select f.chain, l.lane, head.seq, head.hash from fresh f cross join receipt_lanes l
      cross join lateral (
        select seq, hash from receipt_records r where r.chain = f.chain and r.lane = l.lane order by seq desc limit 1
      ) head
    ), summed as (
      select chain, sum(seq)::int as records, jsonb_agg(jsonb_build_array(lane, seq, hash) order by lane) as lanes
      from ends group by chain
    )
    select s.chain, s.records, s.lanes, covered.number as before from summed s
    left join lateral (
      select number, records from receipt_leaves v where v.chain = s.chain order by number desc limit 1
    ) covered on true
    where covered.records is distinct from s.records order by s.chain limit ${limit}`.execute(handle);
  return rows;
}

/** A leaf and its path to the root. */
export interface PlacedLeaf {
  readonly leaf: ChainLeaf;
  readonly path: MerklePath;
}

/** Writes a checkpoint with its leaves. */
export async function insertCheckpoint(
  handle: Handle,
  checkpoint: { body: CheckpointBody; hash: string; signature: string; horizon: Date },
  leaves: readonly PlacedLeaf[],
): Promise<void> {
  const { body, hash, signature, horizon } = checkpoint;
  await sql`
    insert into receipt_checkpoints (number, body, hash, signature, horizon)
    values (${body.number}, ${JSON.stringify(body)}::jsonb, ${hash}, ${signature}, ${horizon})`.execute(handle);
  const rows = leaves.map(({ leaf, path }) => ({ chain: leaf.chain, records: leaf.records, leaf, path }));
  await sql`
    insert into receipt_leaves (chain, number, records, leaf, path)
    select chain, ${body.number}::int, records, leaf, path
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as l (chain uuid, records int, leaf jsonb, path jsonb)
  `.execute(handle);
}

/** A checkpoint as it covers one chain. */
export interface CoveringCheckpoint extends PlacedLeaf {
  readonly checkpoint: CheckpointBody;
  readonly signature: string;
}

/** The checkpoints that cover a chain, from one number on. */
export async function selectCovering(
  handle: Handle,
  { chain, from, limit }: { chain: string; from: number; limit: number },
): Promise<readonly CoveringCheckpoint[]> {
  const { rows } = await sql<CoveringCheckpoint>`
    select c.body as checkpoint, c.signature, l.leaf, l.path from receipt_leaves l
    join receipt_checkpoints c on c.number = l.number
    where l.chain = ${chain} and l.number >= ${from} order by l.number limit ${limit}`.execute(handle);
  return rows;
}

/** The first checkpoint that covers a record of this lane; null when none does yet. */
export async function firstCovering(
  handle: Handle,
  { chain, lane, seq }: { chain: string; lane: number; seq: number },
): Promise<CoveringCheckpoint | null> {
  const { rows } = await sql<CoveringCheckpoint>`
    select c.body as checkpoint, c.signature, l.leaf, l.path from receipt_leaves l
    join receipt_checkpoints c on c.number = l.number
    where l.chain = ${chain} and exists (
      select from jsonb_array_elements(l.leaf -> 'lanes') as covered (lane)
      where (covered.lane ->> 0)::int = ${lane} and (covered.lane ->> 1)::int >= ${seq}
    ) order by l.number limit 1`.execute(handle);
  return rows[0] ?? null;
}
