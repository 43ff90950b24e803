import { sql } from "kysely";
import type { CopyRows } from "../../database/copy.ts";
import type { Handle } from "../../database/handle.ts";
import { digestOf, type KeptText } from "../../kernel/json.ts";
import type { ErasingCall } from "../../kernel/personal-data.ts";
import type { Channel } from "../../kernel/principal.ts";
import type { Outcome, Receipt } from "../../kernel/receipt.ts";
import type { Effect } from "../../kernel/tool.ts";
import type { LinkedRecord } from "./chains.ts";

interface ReceiptRow {
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly client_name: string;
  readonly grant_id: string | null;
  readonly channel: Channel;
  readonly tool: string;
  readonly effect: Effect;
  readonly args_digest: string;
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly started_at: Date;
  readonly latency_ms: number;
  readonly request_id: string;
  readonly wallet: string | null;
  readonly doubted: boolean;
}

/** A receipt with what lists leave out. */
interface WholeRow extends ReceiptRow {
  /** Null where it is older than the chain. */
  readonly salt: string | null;
  readonly asked: string | null;
  readonly asked_digest: string | null;
  readonly answered: string | null;
  readonly answered_digest: string | null;
}

/** What lists show. */
const listed =
  sql.raw(`id, user_id, client_id, client_name, grant_id, channel, tool, effect, args_digest, outcome, code,
  started_at, latency_ms, request_id, wallet, doubted`);

const toReceipt = (row: ReceiptRow): Receipt => ({
  id: row.id,
  userId: row.user_id,
  clientId: row.client_id,
  clientName: row.client_name,
  grantId: row.grant_id,
  channel: row.channel,
  tool: row.tool,
  effect: row.effect,
  argsDigest: row.args_digest,
  outcome: row.outcome,
  code: row.code,
  startedAt: row.started_at,
  latencyMs: row.latency_ms,
  requestId: row.request_id,
  ...(row.wallet === null ? {} : { wallet: row.wallet }),
  ...(row.doubted ? { doubted: true } : {}),
});

/** Of whom a receipt speaks that is to name nobody. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** A receipt, and the salt of its digests. */
export interface SaltedReceipt {
  readonly receipt: Receipt;
  readonly salt: string;
}

/** New receipts as rows of a COPY. */
export const receiptRows = (receipts: readonly SaltedReceipt[]): CopyRows => ({
  into: `receipts (id, user_id, client_id, client_name, grant_id, channel, tool, effect, args_digest, outcome, code,
    started_at, latency_ms, request_id, wallet, salt, asked, asked_digest, answered, answered_digest)`,
  rows: receipts.map(({ receipt: r, salt }) => [
    r.id,
    r.userId,
    r.clientId,
    r.clientName,
    r.grantId,
    r.channel,
    r.tool,
    r.effect,
    r.argsDigest,
    r.outcome,
    r.code,
    r.startedAt.toISOString(),
    r.latencyMs,
    r.requestId,
    r.wallet ?? null,
    salt,
    r.asked?.text ?? null,
    r.asked?.digest ?? null,
    r.answered?.text ?? null,
    r.answered?.digest ?? null,
  ]),
});

const keptText = (text: string | null, digest: string | null): KeptText | undefined =>
  digest === null ? undefined : { text, digest };

function toWhole(row: WholeRow): Receipt {
  const [asked, answered] = [keptText(row.asked, row.asked_digest), keptText(row.answered, row.answered_digest)];
  return { ...toReceipt(row), ...(asked && { asked }), ...(answered && { answered }) };
}

/** Receipts with what lists leave out, by id; each with its salt, null where it is older than the chain. */
export async function selectWhole(
  handle: Handle,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly receipt: Receipt; readonly salt: string | null }>> {
  const { rows } = await sql<WholeRow>`
    select * from receipts where id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
  `.execute(handle);
  return new Map(rows.map((row) => [row.id, { receipt: toWhole(row), salt: row.salt }]));
}

/** Writes one new receipt, in the transaction of the handle. */
export async function insertReceipt(handle: Handle, { receipt: r, salt }: SaltedReceipt): Promise<void> {
  await sql`
    insert into receipts (id, user_id, client_id, client_name, grant_id, channel, tool, effect, args_digest, outcome, code,
      started_at, latency_ms, request_id, wallet, salt, asked, asked_digest, answered, answered_digest)
    values (${r.id}, ${r.userId}, ${r.clientId}, ${r.clientName}, ${r.grantId}, ${r.channel}, ${r.tool}, ${r.effect},
      ${r.argsDigest}, ${r.outcome}, ${r.code}, ${r.startedAt}, ${r.latencyMs}, ${r.requestId}, ${r.wallet ?? null}, ${salt},
      ${r.asked?.text ?? null}, ${r.asked?.digest ?? null}, ${r.answered?.text ?? null}, ${r.answered?.digest ?? null})
  `.execute(handle);
}

/** Locks a receipt until the transaction ends, and says how its call stands; null where there is none. */
export async function lockReceipt(
  handle: Handle,
  id: string,
): Promise<{ readonly outcome: Outcome; readonly latencyMs: number } | null> {
  const { rows } = await sql<Pick<ReceiptRow, "outcome" | "latency_ms">>`
    select outcome, latency_ms from receipts where id = ${id} for update`.execute(handle);
  const [row] = rows;
  return row ? { outcome: row.outcome, latencyMs: row.latency_ms } : null;
}

/**
 * Closes an open receipt, or one whose outcome was unknown, and writes the record of it, both or neither. False when it is not open any more. A receipt whose
 * person was erased in the same transaction stays without anything that could be read.
 */
export async function closeReceipt(
  handle: Handle,
  { receipt, salt }: SaltedReceipt,
  { record: r, hash }: LinkedRecord,
): Promise<boolean> {
  const { rows } = await sql`
    with closed as (
      update receipts set outcome = ${receipt.outcome}, code = ${receipt.code}, latency_ms = ${receipt.latencyMs},
        doubted = ${r.kind === "evidence"},
        salt = case when user_id <> ${NOBODY}::uuid then ${salt} end,
        answered = case when user_id <> ${NOBODY}::uuid then ${receipt.answered?.text ?? null} end,
        answered_digest = case when user_id <> ${NOBODY}::uuid then ${receipt.answered?.digest ?? null} end
      where id = ${receipt.id} and outcome = ${r.kind === "evidence" ? "unknown" : "open"} returning id
    )
    insert into receipt_records (chain, lane, seq, prev, hash, receipt_id, kind, at, args, facts, result)
    select ${r.chain}::uuid, ${r.lane}::int, ${r.seq}::int, ${r.prev}, ${hash}, closed.id, ${r.kind}, ${r.at}::timestamptz,
      ${r.args}, ${r.facts}, ${r.result}
    from closed returning 1`.execute(handle);
  return rows.length === 1;
}

/**
 * Receipts that have been open since before `before`: their calls died with their processes. What has an
 * operation is swept with it.
 */
export async function selectInterrupted(handle: Handle, before: Date, limit: number): Promise<readonly Receipt[]> {
  const { rows } = await sql<WholeRow>`
    select receipts.* from receipts left join operations on operations.id = receipts.id
    where outcome = 'open' and started_at < ${before} and operations.id is null
    order by started_at limit ${limit}`.execute(handle);
  return rows.map(toWhole);
}

/** Closed receipts that are older than the chain, or were closed by a version that knew none. */
export async function selectUnchained(handle: Handle, limit: number): Promise<readonly Receipt[]> {
  const { rows } = await sql<WholeRow>`
    select * from receipts where salt is null and outcome <> 'open' and user_id <> ${NOBODY}::uuid order by id
    limit ${limit}`.execute(handle);
  return rows.map(toWhole);
}

/** Gives a receipt its salt, once. False when it has one, or is gone. */
export async function saltReceipt(handle: Handle, { receipt, salt }: SaltedReceipt): Promise<boolean> {
  const { rows } = await sql`
    update receipts set salt = ${salt} where id = ${receipt.id} and salt is null returning 1`.execute(handle);
  return rows.length === 1;
}

/** The salt of a receipt; null where it has none. */
export async function saltOf(handle: Handle, receiptId: string): Promise<string | null> {
  const { rows } = await sql<Pick<WholeRow, "salt">>`select salt from receipts where id = ${receiptId}`.execute(handle);
  return rows[0]?.salt ?? null;
}

/** Which receipts of a person to read. */
export interface ReceiptQuery {
  readonly userId: string;
  readonly limit: number;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  /** This one alone. */
  readonly id?: string | undefined;
  readonly tool?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly channel?: string | undefined;
  readonly wallet?: string | undefined;
  /** The client's id or its name, in full. */
  readonly client?: string | undefined;
  /** Started at this time or later. */
  readonly since?: Date | undefined;
  /** Started before this time. */
  readonly until?: Date | undefined;
  /** Text that the tool, the client, the error code or the request id must hold. */
  readonly words?: string | undefined;
  /** Tools that the words speak of otherwise, such as by their titles. */
  readonly meant?: readonly string[] | undefined;
}

/** A person's receipts, newest first. */
export async function selectReceipts(handle: Handle, query: ReceiptQuery): Promise<readonly Receipt[]> {
  const { rows } = await sql<ReceiptRow>`
    select ${listed} from receipts
    where user_id = ${query.userId}
      and (${query.before ?? null}::uuid is null or id < ${query.before ?? null}::uuid)
      and (${query.id ?? null}::uuid is null or id = ${query.id ?? null}::uuid)
      and (${query.tool ?? null}::text is null or tool = ${query.tool ?? null})
      and (${query.outcome ?? null}::text is null or outcome = ${query.outcome ?? null})
      and (${query.channel ?? null}::text is null or channel = ${query.channel ?? null})
      and (${query.wallet ?? null}::text is null or wallet = ${query.wallet ?? null})
      and (${query.client ?? null}::text is null or ${query.client ?? null} in (client_id, client_name))
      and (${query.since ?? null}::timestamptz is null or started_at >= ${query.since ?? null}::timestamptz)
      and (${query.until ?? null}::timestamptz is null or started_at < ${query.until ?? null}::timestamptz)
      and (${query.words ?? null}::text is null or position(lower(${query.words ?? null}::text)
        in lower(concat_ws(' ', tool, client_name, code, request_id))) > 0
        or ${JSON.stringify(query.meant ?? [])}::jsonb ? tool)
    order by id desc limit ${query.limit}`.execute(handle);
  return rows.map(toReceipt);
}

/** Names that are read of all those that were called: a caller may make up as many as it likes. */
const MOST_NAMES = 200;

/**
 * The tools that a person's receipts name, by steps through the index: each step jumps to the next name.
 * @param known looked for by name, so that made-up ones never crowd them out.
 */
export async function selectTools(
  handle: Handle,
  userId: string,
  known: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ tool: string }>`
    with recursive named as (
      (select tool, 1 as step from receipts where user_id = ${userId} order by tool limit 1)
      union all
      select (select tool from receipts where user_id = ${userId} and tool > named.tool order by tool limit 1), step + 1
      from named where named.tool is not null and step < ${MOST_NAMES}::int
    )
    select tool from named where tool is not null
    union
    select tool from jsonb_array_elements_text(${JSON.stringify(known)}::jsonb) as known (tool)
    where exists (select from receipts where user_id = ${userId} and receipts.tool = known.tool)`.execute(handle);
  return rows.map((row) => row.tool);
}

/**
 * Erases a person's receipts, with the salts of their records and the note whose chain it was. The records stay, and
 * nothing says any more of whom they speak. Calls under way lose theirs too: such a call finds no open receipt to close, so what it did
 * is rolled back. The erasing call's own stays and names nobody from here on; its digest goes as well, because it was
 * made from the account's label, which can be guessed. The person is noted for {@link sweepErased}.
 */
export async function eraseReceipts(handle: Handle, userId: string, { receiptId, now }: ErasingCall): Promise<void> {
  await sql`delete from receipts where user_id = ${userId} and id <> ${receiptId}`.execute(handle);
  await sql`
    update receipts set user_id = ${NOBODY}, args_digest = ${digestOf(null)}, grant_id = null,
      salt = null, asked = null, asked_digest = null, answered = null, answered_digest = null
    where user_id = ${userId} and id = ${receiptId}`.execute(handle);
  await sql`delete from receipt_chains where user_id = ${userId}`.execute(handle);
  await sql`
    insert into receipt_erasures (user_id, erased_at) values (${userId}, ${now})
    on conflict (user_id) do nothing`.execute(handle);
}

/**
 * Erases what calls left that were under way when their person was erased and ended afterwards. Who was erased before
 * `before`, when the last such call has ended, is forgotten too.
 */
export async function sweepErased(handle: Handle, before: Date): Promise<void> {
  await sql`delete from receipts using receipt_erasures e where receipts.user_id = e.user_id`.execute(handle);
  await sql`delete from receipt_chains c using receipt_erasures e where c.user_id = e.user_id`.execute(handle);
  await sql`delete from receipt_erasures where erased_at < ${before}`.execute(handle);
}

/** A person's closed receipts with an id from `from` on, oldest first. */
export async function selectClosedSince(
  handle: Handle,
  userId: string,
  from: string,
  limit: number,
): Promise<readonly Receipt[]> {
  const { rows } = await sql<ReceiptRow>`
    select ${listed} from receipts where user_id = ${userId} and id >= ${from}::uuid and outcome <> 'open'
    order by id limit ${limit}`.execute(handle);
  return rows.map(toReceipt);
}
