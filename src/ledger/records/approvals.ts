import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { after } from "../../kernel/clock.ts";
import { addQuantities, type Quantity } from "../../kernel/money.ts";
import type { Channel, ProvenBy } from "../../kernel/principal.ts";
import { type Clicks, noClicks } from "../../kernel/spend.ts";
import type { Effect } from "../../kernel/tool.ts";

/*
 * What a person is asked: `pending` until they decide or its time is over, `approved` until a run uses it up, once. `void`
 * is what can no longer run as it was asked; its code says why.
 */

export type ApprovalStatus = "pending" | "approved" | "rejected" | "expired" | "void";

/** How the person proved to be there when they decided. */
export type DecidedBy = "session" | ProvenBy;

/** An approval with what is shown of its operation. */
export interface ApprovalRow {
  readonly id: string;
  readonly userId: string;
  readonly tool: string;
  readonly effect: Effect;
  readonly clientId: string;
  readonly clientName: string;
  readonly channel: Channel;
  readonly argsSealed: Uint8Array;
  readonly proposalSealed: Uint8Array;
  readonly strength: "usual" | "fresh";
  readonly policyVersion: number;
  readonly digest: string;
  readonly status: ApprovalStatus;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly usedAt: Date | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly next: string | null;
  readonly changedAt: Date;
  /** State of its operation, and what came of it. */
  readonly state: string;
  readonly resultCode: string | null;
  readonly resultMessage: string | null;
  readonly resultNext: string | null;
}

const columns = sql.raw(`a.id, a.user_id as "userId", o.tool, o.effect, o.client_id as "clientId",
  o.client_name as "clientName", o.channel, o.args_sealed as "argsSealed", a.proposal_sealed as "proposalSealed", a.strength,
  a.policy_version as "policyVersion", a.digest, a.status, a.asked_at as "askedAt", a.expires_at as "expiresAt",
  a.decided_at as "decidedAt", a.used_at as "usedAt", a.code, a.message, a.next, a.changed_at as "changedAt", o.state,
  o.code as "resultCode", o.message as "resultMessage", o.next as "resultNext"`);

const from = sql.raw("approvals a join operations o on o.id = a.id");

interface NewApproval {
  readonly id: string;
  readonly userId: string;
  readonly proposalSealed: Uint8Array;
  readonly strength: "usual" | "fresh";
  readonly policyVersion: number;
  readonly digest: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

export async function insertApproval(handle: Handle, a: NewApproval): Promise<void> {
  await sql`
    insert into approvals (id, user_id, proposal_sealed, strength, policy_version, digest, status, asked_at, expires_at)
    values (${a.id}, ${a.userId}, ${a.proposalSealed}, ${a.strength}, ${a.policyVersion}, ${a.digest}, 'pending', ${a.now},
      ${a.expiresAt})`.execute(handle);
}

/** One of a person's approvals, or null. */
export async function findApproval(handle: Handle, userId: string, id: string): Promise<ApprovalRow | null> {
  const { rows } = await sql<ApprovalRow>`
    select ${columns} from ${from} where a.id = ${id} and a.user_id = ${userId}`.execute(handle);
  return rows[0] ?? null;
}

/** The same, locked with its operation until the transaction ends: of several decisions at once, one is the first. */
export async function lockApproval(handle: Handle, userId: string, id: string): Promise<ApprovalRow | null> {
  // The operation before the approval, as everybody locks them.
  await sql`select from operations where id = ${id} and user_id = ${userId} for update`.execute(handle);
  const { rows } = await sql<ApprovalRow>`
    select ${columns} from ${from} where a.id = ${id} and a.user_id = ${userId} for update of a`.execute(handle);
  return rows[0] ?? null;
}

/** Lets one transaction at a time ask this person, or take their yes. */
export async function lockQuestions(handle: Handle, userId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`questions ${userId}`}, 0))`.execute(handle);
}

/** One call of one client, at a time. */
interface SameCall {
  readonly userId: string;
  readonly clientId: string;
  readonly tool: string;
  readonly argsMac: Uint8Array;
  readonly now: Date;
}

/** What waits already for the same client, tool and arguments; null where nothing does. */
export async function findSameQuestion(
  handle: Handle,
  same: SameCall,
): Promise<{ readonly id: string; readonly expiresAt: Date } | null> {
  const { rows } = await sql<{ id: string; expiresAt: Date }>`
    select a.id, a.expires_at as "expiresAt" from ${from}
    where a.user_id = ${same.userId} and a.status = 'pending' and a.expires_at > ${same.now}
      and o.client_id = ${same.clientId} and o.tool = ${same.tool} and o.args_mac = ${same.argsMac} and o.key is null
    order by a.id desc limit 1`.execute(handle);
  return rows[0] ?? null;
}

/** Those whose time is over, and that nobody has ended yet, in the order in which they are locked. */
export async function selectSameOverdue(handle: Handle, same: SameCall): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from ${from}
    where a.user_id = ${same.userId} and a.status = 'pending' and a.expires_at <= ${same.now}
      and o.client_id = ${same.clientId} and o.tool = ${same.tool} and o.args_mac = ${same.argsMac}
    order by a.id`.execute(handle);
  return rows.map(({ id }) => id);
}

/** How many wait for a person. */
export async function countWaiting(handle: Handle, userId: string, now: Date): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from approvals where user_id = ${userId} and status = 'pending' and expires_at > ${now}
  `.execute(handle);
  return rows[0]?.waiting ?? 0;
}

/** How many of those one client has asked. */
export async function countAsked(
  handle: Handle,
  { userId, clientId, now }: { readonly userId: string; readonly clientId: string; readonly now: Date },
): Promise<number> {
  const { rows } = await sql<{ asked: number }>`
    select count(*)::int as asked from ${from}
    where a.user_id = ${userId} and a.status = 'pending' and a.expires_at > ${now} and o.client_id = ${clientId}
  `.execute(handle);
  return rows[0]?.asked ?? 0;
}

/** What was said to a pending approval. */
export interface Decided {
  readonly status: "approved" | "rejected";
  readonly by: DecidedBy;
  /** What it moves, in US dollars; null where it moves nothing, or nobody says. */
  readonly worth: Quantity | null;
  readonly now: Date;
}

export async function decideApproval(handle: Handle, id: string, { status, by, worth, now }: Decided): Promise<void> {
  await sql`
    update approvals set status = ${status}, decided_at = ${now}, decided_by = ${by},
      worth = ${worth === null ? null : String(worth.amount)}::numeric, worth_decimals = ${worth?.decimals ?? null}::int
    where id = ${id} and status = 'pending'`.execute(handle);
}

/**
 * What a person has approved by a click alone since a time, and since they last proved to be there in approving. Call
 * {@link lockQuestions} first, where it decides something.
 */
export async function countClicks(handle: Handle, userId: string, since: Date): Promise<Clicks> {
  const { rows } = await sql<{ count: number; amount: string; decimals: number }>`
    select count(*)::int as count, coalesce(sum(worth), 0)::text as amount, coalesce(worth_decimals, 0)::int as decimals
    from approvals
    where user_id = ${userId}::uuid and status = 'approved' and decided_by = 'session'
      and decided_at > ${since}::timestamptz
      and decided_at >= coalesce(
        (select max(decided_at) from approvals
          where user_id = ${userId}::uuid and status = 'approved' and decided_by in ('sign_in', 'passkey')),
        '-infinity'::timestamptz)
    group by worth_decimals`.execute(handle);
  return rows.reduce<Clicks>(
    ({ count, worth }, row) => ({
      count: count + row.count,
      worth: addQuantities(worth, { amount: BigInt(row.amount), decimals: row.decimals }),
    }),
    noClicks,
  );
}

/** How long what was approved may wait for its run: later, nobody would expect it any more. */
const USABLE_SECONDS = 3600;

/** Uses an approval up. False when it is not there to be used: not approved, approved too long ago, or used before. */
export async function useApproval(handle: Handle, id: string, policyVersion: number, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update approvals set used_at = ${now}
    where id = ${id} and status = 'approved' and used_at is null and policy_version = ${policyVersion}
      and decided_at > ${after(now, -USABLE_SECONDS)} returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Why an approval can no longer run. */
export interface Voided {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** An approval that was not used up and cannot be any more. False when it was, or is void. */
export async function voidApproval(handle: Handle, id: string, { code, message, next }: Voided): Promise<boolean> {
  const { rows } = await sql`
    update approvals set status = 'void', code = ${code}, message = ${message}, next = ${next}
    where id = ${id} and status in ('pending', 'approved') and used_at is null returning 1`.execute(handle);
  return rows.length === 1;
}

/** Says that something of an approval's run has changed, so that whoever follows it looks again. */
export async function touchApproval(handle: Handle, id: string): Promise<void> {
  // Its trigger writes down the time.
  await sql`update approvals set id = id where id = ${id}`.execute(handle);
}

/** Approvals whose time is over, and their people. */
export async function selectOverdue(
  handle: Handle,
  now: Date,
  limit: number,
): Promise<readonly { readonly id: string; readonly userId: string }[]> {
  const { rows } = await sql<{ id: string; userId: string }>`
    select id, user_id as "userId" from approvals where status = 'pending' and expires_at <= ${now}
    order by expires_at limit ${limit}`.execute(handle);
  return rows;
}

/** Ends one whose time is over. False when it was decided, or ended, before. */
export async function expireApproval(handle: Handle, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update approvals set status = 'expired' where id = ${id} and status = 'pending' and expires_at <= ${now} returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Which approvals of a person to read. */
export interface ApprovalQuery {
  readonly userId: string;
  readonly limit: number;
  /** The last id of the page before. */
  readonly before?: string | undefined;
}

/** A person's approvals, newest first. */
export async function selectApprovals(
  handle: Handle,
  { userId, limit, before }: ApprovalQuery,
): Promise<readonly ApprovalRow[]> {
  const { rows } = await sql<ApprovalRow>`
    select ${columns} from ${from}
    where a.user_id = ${userId} and (${before ?? null}::uuid is null or a.id < ${before ?? null}::uuid)
    order by a.id desc limit ${limit}`.execute(handle);
  return rows;
}

/** What waits for a person, the one that ends first before the others. */
export async function selectWaiting(
  handle: Handle,
  userId: string,
  now: Date,
  limit: number,
): Promise<readonly ApprovalRow[]> {
  const { rows } = await sql<ApprovalRow>`
    select ${columns} from ${from} where a.user_id = ${userId} and a.status = 'pending' and a.expires_at > ${now}
    order by a.expires_at, a.id limit ${limit}`.execute(handle);
  return rows;
}

/** A person's approvals that changed at a time of the database or later, oldest change first. */
export async function selectChangedApprovals(
  handle: Handle,
  userId: string,
  since: Date,
  limit: number,
): Promise<readonly ApprovalRow[]> {
  const { rows } = await sql<ApprovalRow>`
    select ${columns} from ${from} where a.user_id = ${userId} and a.changed_at >= ${since}
    order by a.changed_at, a.id limit ${limit}`.execute(handle);
  return rows;
}
