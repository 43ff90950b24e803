import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Cap } from "../../kernel/caps.ts";
import type { Recipient } from "../../kernel/spend.ts";

/** What a person set for their spending. */
export interface OwnPolicy {
  readonly version: number;
  readonly caps: readonly Cap[];
  readonly recipientsOnly: boolean;
}

const columns = sql`version, caps, recipients_only as "recipientsOnly"`;

/** What a person set; null where they never set anything. */
export async function findPolicy(handle: Handle, userId: string): Promise<OwnPolicy | null> {
  const { rows } = await sql<OwnPolicy>`select ${columns} from spend_policies where user_id = ${userId}`.execute(
    handle,
  );
  return rows[0] ?? null;
}

/**
 * What a person set, locked until the transaction ends; the row is made where there is none, so that there is always
 * something to lock: of two who judge at once, the second sees what the first reserved.
 */
export async function lockPolicy(handle: Handle, userId: string, now: Date): Promise<OwnPolicy> {
  await sql`
    insert into spend_policies (user_id, changed_at) values (${userId}, ${now}) on conflict (user_id) do nothing
  `.execute(handle);
  const { rows } = await sql<OwnPolicy>`
    select ${columns} from spend_policies where user_id = ${userId} for update
  `.execute(handle);
  const [policy] = rows;
  if (policy === undefined) throw new Error("A spending policy is gone that was there a moment ago.");
  return policy;
}

/** Writes down a change of a policy that is locked. @returns its version. */
export async function changePolicy(
  handle: Handle,
  userId: string,
  { caps, recipientsOnly }: Omit<OwnPolicy, "version">,
  now: Date,
): Promise<number> {
  const { rows } = await sql<Pick<OwnPolicy, "version">>`
    update spend_policies set version = version + 1, caps = ${JSON.stringify(caps)}::jsonb,
      recipients_only = ${recipientsOnly}, changed_at = ${now}
    where user_id = ${userId} returning version
  `.execute(handle);
  return rows[0]?.version ?? 0;
}

/** Whom a person lets be paid, by label. */
export async function listRecipients(handle: Handle, userId: string): Promise<readonly Recipient[]> {
  const { rows } = await sql<Recipient>`
    select recipient, label, added_at as "addedAt", usable_from as "usableFrom" from spend_recipients
    where user_id = ${userId} order by label, recipient
  `.execute(handle);
  return rows;
}

/** Lists a recipient. One that is listed already has the new label, and rests no longer than it did. */
export async function putRecipient(handle: Handle, userId: string, recipient: Recipient): Promise<void> {
  await sql`
    insert into spend_recipients (user_id, recipient, label, added_at, usable_from)
    values (${userId}, ${recipient.recipient}, ${recipient.label}, ${recipient.addedAt}, ${recipient.usableFrom})
    on conflict (user_id, recipient) do update set label = excluded.label
  `.execute(handle);
}

/** @returns false when it was not on the list. */
export async function deleteRecipient(handle: Handle, userId: string, recipient: string): Promise<boolean> {
  const { rows } = await sql`
    delete from spend_recipients where user_id = ${userId} and recipient = ${recipient} returning 1
  `.execute(handle);
  return rows.length === 1;
}
