import { sql } from "kysely";
import type { Database, Handle } from "../../database/handle.ts";
import { after } from "../../kernel/clock.ts";
import type { Channel } from "../../kernel/principal.ts";
import { COUNT_SECONDS, isGuessed } from "../join-attempts.ts";
import type { AttemptState, LinkAttempt, PlacedNote, StepEntry } from "../link-attempt.ts";

/*
 * The timeline of an attempt to link: begun by its first step, joined by the later ones, given to a person once they
 * sign in, and deleted when it is old: those of nobody in particular after two days, and all but the newest of them.
 */

interface AttemptRow {
  id: string;
  request_id: string | null;
  grant_id: string | null;
  user_id: string | null;
  client_id: string | null;
  client_name: string | null;
  channel: Channel | null;
  redirect: string | null;
  machine: string | null;
  browser: string | null;
  state: AttemptState;
  steps: StepEntry[];
  folded: number;
  started_at: Date;
  last_at: Date;
}

const asAttempt = (row: AttemptRow): LinkAttempt => ({
  id: row.id,
  requestId: row.request_id,
  grantId: row.grant_id,
  userId: row.user_id,
  clientId: row.client_id,
  clientName: row.client_name,
  channel: row.channel,
  redirect: row.redirect,
  machine: row.machine,
  browser: row.browser,
  state: row.state,
  steps: row.steps,
  folded: row.folded,
  startedAt: row.started_at,
  lastAt: row.last_at,
});

const given = (values: readonly (string | null | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== null && value !== undefined)),
];

/** Attempts to read at most for one batch of notes. */
const MOST_READ = 1000;

/** Every attempt that one of these notes may belong to. */
async function findRelated(handle: Handle, notes: readonly PlacedNote[]): Promise<LinkAttempt[]> {
  const first = new Date(Math.min(...notes.map(({ entry }) => Date.parse(entry.at))));
  const requests = given(notes.map(({ attemptId }) => attemptId));
  const grants = given(notes.map(({ grantId }) => grantId));
  const guessed = notes.filter(isGuessed);
  const clients = given(guessed.map(({ clientId }) => clientId));
  const all = given(notes.map(({ clientId }) => clientId));
  const places = given(guessed.flatMap(({ machine, browser }) => [machine, browser]));
  const { rows } = await sql<AttemptRow>`
    select * from oauth_link_attempts
    where request_id = any(${requests}::uuid[]) or grant_id = any(${grants}::uuid[])
      or (last_at > ${after(first, -COUNT_SECONDS)} and (client_id = any(${clients}::text[])
        or (request_id is null and client_id = any(${all}::text[]))
        or machine = any(${places}::text[]) or browser = any(${places}::text[])))
    order by coalesce(request_id = any(${requests}::uuid[]), false) or coalesce(grant_id = any(${grants}::uuid[]), false) desc,
      last_at desc
    limit ${MOST_READ}
  `.execute(handle);
  return rows.map(asAttempt);
}

/** Stores attempts, those of a person who is gone meanwhile left out. */
async function save(handle: Handle, attempts: readonly LinkAttempt[]): Promise<void> {
  const rows = attempts.map(({ startedAt, lastAt, ...attempt }) => ({
    ...attempt,
    startedAt: startedAt.toISOString(),
    lastAt: lastAt.toISOString(),
  }));
  await sql`
    insert into oauth_link_attempts (id, request_id, grant_id, user_id, client_id, client_name, channel, redirect, machine,
      browser, state, steps, folded, started_at, last_at)
    select id, "requestId", "grantId", "userId", "clientId", "clientName", channel, redirect, machine, browser, state, steps,
      folded, "startedAt", "lastAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (id uuid, "requestId" uuid, "grantId" uuid,
      "userId" uuid, "clientId" text, "clientName" text, channel text, redirect text, machine text, browser text,
      state text, steps jsonb, folded int, "startedAt" timestamptz, "lastAt" timestamptz)
    where "userId" is null or exists (select 1 from users where users.id = "userId")
    on conflict (id) do update set request_id = excluded.request_id, grant_id = excluded.grant_id,
      user_id = excluded.user_id, client_id = excluded.client_id, client_name = excluded.client_name,
      channel = excluded.channel, redirect = excluded.redirect, machine = excluded.machine, browser = excluded.browser,
      state = excluded.state, steps = excluded.steps, folded = excluded.folded, last_at = excluded.last_at
  `.execute(handle);
}

/** Any number of our own, the same in every process: no other advisory lock of ours uses it. */
const ATTEMPTS_LOCK = 7_269_014;

/**
 * Joins a batch of notes to the attempts that they belong to, in one transaction, one process at a time.
 * @param join what an attempt is after a note; see `joinAttempt`.
 */
export async function storeNotes(
  database: Database,
  notes: readonly PlacedNote[],
  join: (rows: readonly LinkAttempt[], note: PlacedNote) => LinkAttempt | undefined,
): Promise<void> {
  await database.transaction(async (handle) => {
    await sql`select pg_advisory_xact_lock(${ATTEMPTS_LOCK})`.execute(handle);
    const rows = new Map((await findRelated(handle, notes)).map((row) => [row.id, row]));
    const changed = new Set<string>();
    for (const note of notes) {
      const joined = join([...rows.values()], note);
      if (!joined) continue;
      rows.set(joined.id, joined);
      changed.add(joined.id);
    }
    if (changed.size > 0)
      await save(
        handle,
        [...rows.values()].filter((row) => changed.has(row.id)),
      );
  });
}

/** Which attempts to read. */
export interface AttemptQuery {
  readonly userId?: string | undefined;
  /** Part of the client, the channel, the place that it answers to, or a code. */
  readonly words?: string | undefined;
  /** Or attempts of these people. */
  readonly people?: readonly string[] | undefined;
  readonly state?: AttemptState | undefined;
  readonly limit: number;
  /** The id of the last one read. */
  readonly before?: string | undefined;
}

/** Attempts, those that began last first. */
export async function listAttempts(handle: Handle, query: AttemptQuery): Promise<LinkAttempt[]> {
  const words = query.words?.trim().toLowerCase() ?? null;
  const people = query.people ?? [];
  const { rows } = await sql<AttemptRow>`
    select * from oauth_link_attempts
    where (${query.userId ?? null}::uuid is null or user_id = ${query.userId ?? null}::uuid)
      and (${query.state ?? null}::text is null or state = ${query.state ?? null}::text)
      and (${query.before ?? null}::uuid is null or id < ${query.before ?? null}::uuid)
      and (${words}::text is null or user_id = any(${[...people]}::uuid[]) or position(${words}::text in lower(concat_ws(' ',
        id::text, client_id, client_name, channel, redirect, steps::text))) > 0)
    order by id desc limit ${query.limit}
  `.execute(handle);
  return rows.map(asAttempt);
}

/** Deletes attempts that are old, and of each person and of nobody in particular all but the newest. */
export async function deleteOldAttempts(
  handle: Handle,
  times: { readonly anonymous: Date; readonly personal: Date },
  most: { readonly anonymous: number; readonly personal: number },
): Promise<void> {
  await sql`
    delete from oauth_link_attempts
    where last_at < ${times.personal} or (user_id is null and last_at < ${times.anonymous})
      or id in (
        select id from (
          select id, user_id, row_number() over (partition by user_id order by last_at desc) as place
          from oauth_link_attempts
        ) as placed
        where place > case when user_id is null then ${most.anonymous}::int else ${most.personal}::int end
      )
  `.execute(handle);
}
