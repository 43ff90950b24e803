import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { isUuid, uuidv7 } from "../../kernel/ids.ts";
import type { VerifiedIdentity } from "../../kernel/ports/identity.ts";
import type { Role } from "../../kernel/roles.ts";

/*
 * A user is made by the first sign-in of an identity that is new, and holds every identity that the signed-in person
 * adds. Two identities never meet by themselves, however alike their addresses.
 */

/** One way in that a user holds. */
export interface UserIdentity {
  readonly id: string;
  readonly issuer: string;
  readonly label: string;
  readonly createdAt: Date;
}

/** A person, as this room knows them. */
export interface User {
  readonly id: string;
  /** The label of the identity that they first signed in with. */
  readonly label: string;
  /** How they want to be called; null when they never said. */
  readonly displayName: string | null;
  readonly createdAt: Date;
  /** Oldest first. */
  readonly identities: readonly UserIdentity[];
  readonly roles: readonly Role[];
}

/** Finds the user of an identity, or makes one: of several first sign-ins at once, one does. Returns the user's id. */
export async function signInUser(db: Handle, identity: VerifiedIdentity, now: Date): Promise<string> {
  const newUserId = uuidv7(now);
  const { rows } = await sql<{ userId: string }>`
    insert into identities (id, user_id, issuer, subject, label, created_at, last_used_at)
    values (${uuidv7(now)}, ${newUserId}, ${identity.issuer}, ${identity.subject}, ${identity.label}, ${now}, ${now})
    on conflict (issuer, subject) do update set label = excluded.label, last_used_at = excluded.last_used_at
    returning user_id as "userId"`.execute(db);
  if (rows.some((row) => row.userId === newUserId)) {
    await sql`insert into users (id, created_at) values (${newUserId}, ${now})`.execute(db);
  }
  return rows[0]?.userId ?? newUserId;
}

/** Whether a user holds an identity already. */
export async function holdsIdentity(
  db: Handle,
  userId: string,
  { issuer, subject }: Pick<VerifiedIdentity, "issuer" | "subject">,
): Promise<boolean> {
  const { rows } = await sql`
    select from identities where user_id = ${userId} and issuer = ${issuer} and subject = ${subject}`.execute(db);
  return rows.length > 0;
}

/** Adds an identity to a user, who may hold it already: then it is not new. Returns null when it is another user's. */
export async function addIdentity(
  db: Handle,
  userId: string,
  identity: VerifiedIdentity,
  now: Date,
): Promise<{ readonly identity: UserIdentity; readonly isNew: boolean } | null> {
  const id = uuidv7(now);
  const { rows } = await sql<UserIdentity>`
    insert into identities (id, user_id, issuer, subject, label, created_at, last_used_at)
    values (${id}, ${userId}, ${identity.issuer}, ${identity.subject}, ${identity.label}, ${now}, ${now})
    on conflict (issuer, subject) do update set label = excluded.label, last_used_at = excluded.last_used_at
      where identities.user_id = excluded.user_id
    returning id, issuer, label, created_at as "createdAt"`.execute(db);
  const [mine] = rows;
  return mine ? { identity: mine, isNew: mine.id === id } : null;
}

interface UserRow extends UserIdentity {
  readonly userCreatedAt: Date;
  readonly displayName: string | null;
  readonly roles: Role[];
}

const identityOf = ({ id, issuer, label, createdAt }: UserRow): UserIdentity => ({ id, issuer, label, createdAt });

/** A user with all identities, or null. */
export async function findUser(db: Handle, userId: string): Promise<User | null> {
  if (!isUuid(userId)) return null;
  const { rows } = await sql<UserRow>`
    select i.id, i.issuer, i.label, i.created_at as "createdAt", u.created_at as "userCreatedAt",
      u.display_name as "displayName",
      coalesce((select jsonb_agg(role order by role) from user_roles where user_id = u.id), '[]'::jsonb) as roles
    from users u join identities i on i.user_id = u.id
    where u.id = ${userId}
    order by i.created_at, i.id`.execute(db);
  const [first] = rows;
  if (!first) return null;
  const { label, displayName, userCreatedAt: createdAt, roles } = first;
  return { id: userId, label, displayName, createdAt, identities: rows.map(identityOf), roles };
}

/** Writes down how a person wants to be called. */
export async function setDisplayName(db: Handle, userId: string, displayName: string | null): Promise<void> {
  await sql`update users set display_name = ${displayName} where id = ${userId}`.execute(db);
}

/**
 * Removes an identity of a user. The user's row is locked first, so that of two removals at once one is the last
 * identity's and is refused.
 */
export async function removeIdentity(db: Handle, userId: string, id: string): Promise<"removed" | "last" | "unknown"> {
  await sql`select id from users where id = ${userId} for update`.execute(db);
  const { rows } = await sql<{ id: string }>`select id from identities where user_id = ${userId}`.execute(db);
  if (!rows.some((row) => row.id === id)) return "unknown";
  if (rows.length === 1) return "last";
  // What its provider gave goes with it.
  await sql`
    with gone as (delete from identities where id = ${id} and user_id = ${userId} returning issuer, subject)
    delete from upstream_tokens kept using gone
    where kept.user_id = ${userId} and kept.issuer = gone.issuer and kept.subject = gone.subject`.execute(db);
  return "removed";
}

/** Deletes a user; identities, sessions and all rows of other rooms that reference the user go with it. */
export async function deleteUser(db: Handle, userId: string): Promise<void> {
  await sql`
    delete from sign_in_codes where address in (
      select subject from identities where user_id = ${userId} and issuer = 'email')`.execute(db);
  await sql`delete from users where id = ${userId}`.execute(db);
}
