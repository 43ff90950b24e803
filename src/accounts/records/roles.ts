import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Role } from "../../kernel/roles.ts";

/*
 * A role of a user: granted and taken away by a command of the operator, and gone with the user. Nothing else writes it.
 */

/** The roles that a user has. */
export async function rolesOf(handle: Handle, userId: string): Promise<ReadonlySet<Role>> {
  const { rows } = await sql<{ role: Role }>`select role from user_roles where user_id = ${userId}`.execute(handle);
  return new Set(rows.map(({ role }) => role));
}

/** @returns false when the user had the role already. */
export async function grantRole(handle: Handle, userId: string, role: Role, by: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into user_roles (user_id, role, granted_at, granted_by) values (${userId}, ${role}, ${now}, ${by})
    on conflict (user_id, role) do nothing
    returning 1`.execute(handle);
  return rows.length === 1;
}

/** @returns false when the user did not have the role. */
export async function revokeRole(handle: Handle, userId: string, role: Role): Promise<boolean> {
  const { rows } = await sql`
    delete from user_roles where user_id = ${userId} and role = ${role} returning 1`.execute(handle);
  return rows.length === 1;
}

/** A user who has a role. */
export interface RoleHolder {
  readonly userId: string;
  /** Of the identity that they first signed in with. */
  readonly label: string;
  readonly grantedAt: Date;
}

/** Everyone who has a role, the first one first. */
export async function listRoleHolders(handle: Handle, role: Role): Promise<readonly RoleHolder[]> {
  const { rows } = await sql<RoleHolder>`
    select user_id as "userId", granted_at as "grantedAt", (
      select label from identities where identities.user_id = user_roles.user_id order by created_at, id limit 1
    ) as label
    from user_roles where role = ${role} order by granted_at, user_id`.execute(handle);
  return rows;
}

/** The user who signs in with an email address, proven by a code; null when nobody does. */
export async function findUserByEmail(handle: Handle, address: string): Promise<string | null> {
  const { rows } = await sql<{ userId: string }>`
    select user_id as "userId" from identities where issuer = 'email' and subject = ${address}`.execute(handle);
  return rows[0]?.userId ?? null;
}
