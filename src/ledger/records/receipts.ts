import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { digestOf } from "../../kernel/json.ts";
import type { ErasingCall } from "../../kernel/personal-data.ts";
import type { Channel } from "../../kernel/principal.ts";
import type { Outcome, Receipt } from "../../kernel/receipt.ts";
import type { Effect } from "../../kernel/tool.ts";

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
}

const toRow = (receipt: Receipt): ReceiptRow => ({
  id: receipt.id,
  user_id: receipt.userId,
  client_id: receipt.clientId,
  client_name: receipt.clientName,
  grant_id: receipt.grantId,
  channel: receipt.channel,
  tool: receipt.tool,
  effect: receipt.effect,
  args_digest: receipt.argsDigest,
  outcome: receipt.outcome,
  code: receipt.code,
  started_at: receipt.startedAt,
  latency_ms: receipt.latencyMs,
  request_id: receipt.requestId,
});

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
});

/** Writes receipts in one statement: all of them or none. */
export async function insertReceipts(handle: Handle, receipts: readonly Receipt[]): Promise<void> {
  const rows = JSON.stringify(receipts.map(toRow));
  await sql`insert into receipts select * from jsonb_populate_recordset(null::receipts, ${rows}::jsonb)`.execute(
    handle,
  );
}

/** Closes an open receipt. False when it is not open any more. */
export async function closeReceipt(handle: Handle, receipt: Receipt): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update receipts set outcome = ${receipt.outcome}, code = ${receipt.code}, latency_ms = ${receipt.latencyMs}
    where id = ${receipt.id} and outcome = 'open'`.execute(handle);
  return numAffectedRows === 1n;
}

/**
 * Closes as failed every receipt that has been open since before `before`: its call died with its process.
 * @returns whose they were, one entry a receipt.
 */
export async function closeInterrupted(handle: Handle, before: Date, code: string): Promise<readonly string[]> {
  const { rows } = await sql<Pick<ReceiptRow, "user_id">>`
    update receipts set outcome = 'failed', code = ${code}
    where outcome = 'open' and started_at < ${before} returning user_id`.execute(handle);
  return rows.map((row) => row.user_id);
}

/** Which receipts of a person to read. */
export interface ReceiptQuery {
  readonly userId: string;
  readonly limit: number;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly tool?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly channel?: string | undefined;
  /** Text that the tool, the client, the error code or the request id must hold. */
  readonly words?: string | undefined;
  /** Tools that the words speak of otherwise, such as by their titles. */
  readonly meant?: readonly string[] | undefined;
}

/** A person's receipts, newest first. */
export async function selectReceipts(handle: Handle, query: ReceiptQuery): Promise<readonly Receipt[]> {
  const { rows } = await sql<ReceiptRow>`
    select * from receipts
    where user_id = ${query.userId}
      and (${query.before ?? null}::uuid is null or id < ${query.before ?? null}::uuid)
      and (${query.tool ?? null}::text is null or tool = ${query.tool ?? null})
      and (${query.outcome ?? null}::text is null or outcome = ${query.outcome ?? null})
      and (${query.channel ?? null}::text is null or channel = ${query.channel ?? null})
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

/** Of whom a receipt speaks that is to name nobody. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * Erases a person's receipts, those of calls under way too: such a call finds no open receipt to close, so what it did
 * is rolled back. The erasing call's own stays and names nobody from here on; its digest goes as well, because it was
 * made from the account's label, which can be guessed. The person is noted for {@link sweepErased}.
 */
export async function eraseReceipts(handle: Handle, userId: string, { receiptId, now }: ErasingCall): Promise<void> {
  await sql`delete from receipts where user_id = ${userId} and id <> ${receiptId}`.execute(handle);
  await sql`
    update receipts set user_id = ${NOBODY}, args_digest = ${digestOf(null)}, grant_id = null
    where user_id = ${userId} and id = ${receiptId}`.execute(handle);
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
    select * from receipts where user_id = ${userId} and id >= ${from}::uuid and outcome <> 'open'
    order by id limit ${limit}`.execute(handle);
  return rows.map(toReceipt);
}
