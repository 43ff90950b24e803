import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * A bundle that a person has beside their tier: given and taken by the operator, ended by its date, gone with the
 * person.
 */

/** A bundle, and until when; null means for good. */
export interface OwnBundle {
  readonly bundle: string;
  readonly until: Date | null;
  readonly grantedAt: Date;
}

/** Gives a bundle, or gives it anew with another end. */
export async function grantBundle(
  handle: Handle,
  row: { readonly userId: string; readonly bundle: string; readonly until: Date | null; readonly by: string },
  now: Date,
): Promise<void> {
  await sql`
    insert into user_bundles (user_id, bundle, until, granted_at, granted_by)
    values (${row.userId}, ${row.bundle}, ${row.until}, ${now}, ${row.by})
    on conflict (user_id, bundle) do update
      set until = excluded.until, granted_at = excluded.granted_at, granted_by = excluded.granted_by`.execute(handle);
}

/** @returns false when the person did not have it. */
export async function revokeBundle(handle: Handle, userId: string, bundle: string): Promise<boolean> {
  const { rows } = await sql`
    delete from user_bundles where user_id = ${userId} and bundle = ${bundle} returning 1`.execute(handle);
  return rows.length === 1;
}

/** What a person was given, ended or not. */
export async function listBundles(handle: Handle, userId: string): Promise<readonly OwnBundle[]> {
  const { rows } = await sql<OwnBundle>`
    select bundle, until, granted_at as "grantedAt" from user_bundles
    where user_id = ${userId} order by bundle`.execute(handle);
  return rows;
}
