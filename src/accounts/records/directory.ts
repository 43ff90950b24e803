import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Role } from "../../kernel/roles.ts";

/* Users and identities as an administrator looks them up. Nothing is written here. */

/** A person as an administrator finds them. */
export interface ListedPerson {
  readonly id: string;
  /** Of the identity that they first signed in with. */
  readonly label: string;
  readonly displayName: string | null;
  readonly createdAt: Date;
  readonly roles: readonly Role[];
}

/** Which people to read. */
export interface PeopleQuery {
  /** Part of a name or of a way to sign in, or an id. */
  readonly words?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
  /** The id of the last one read. */
  readonly before?: string | undefined;
}

/** People, those who came last first. */
export async function listPeople(handle: Handle, query: PeopleQuery): Promise<readonly ListedPerson[]> {
  const words = query.words?.trim().toLowerCase() || null;
  const { rows } = await sql<ListedPerson>`
    select u.id, u.display_name as "displayName", u.created_at as "createdAt",
      coalesce((select label from identities i where i.user_id = u.id order by i.created_at, i.id limit 1), '') as label,
      coalesce((select jsonb_agg(role order by role) from user_roles r where r.user_id = u.id), '[]'::jsonb) as roles
    from users u
    where (${query.ids === undefined}::boolean or u.id = any(${[...(query.ids ?? [])]}::uuid[]))
      and (${query.before ?? null}::uuid is null or u.id < ${query.before ?? null}::uuid)
      and (${words}::text is null or u.id::text = ${words}::text or position(${words}::text in lower(u.display_name)) > 0
        or exists (select 1 from identities i where i.user_id = u.id and position(${words}::text in lower(concat_ws(' ', i.label, i.subject))) > 0))
    order by u.id desc limit ${query.limit}`.execute(handle);
  return rows;
}
