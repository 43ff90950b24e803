import { sql } from "kysely";
import type { Handle } from "../../../database/handle.ts";
import { uuidv7 } from "../../../kernel/ids.ts";
import { digestOf } from "../../../kernel/json.ts";
import type { Engine, Finding } from "../extraction/findings.ts";
import { samenessKey } from "../extraction/fold.ts";
import type { OwnSection } from "../extraction/sections.ts";
import type { Surroundings } from "../extraction/surroundings.ts";

/** What a person wants, seeks or offers, and the words of theirs that said so. */
export interface Intent {
  readonly id: string;
  readonly payload: string;
  readonly summary: string | null;
  readonly engine: Engine;
  readonly section: OwnSection;
  readonly quote: string;
  /** Where the quote stood in its section, in code points. */
  readonly from: number;
  readonly to: number;
  readonly createdAt: Date;
}

/** A finding and the words around it. */
export type FindingInContext = Finding & { readonly surroundings: Surroundings };

/** An intent as its person looks at it. */
export interface ListedIntent extends Intent, Surroundings {
  readonly archivedAt: Date | null;
}

/** Which of a person's intents to read. */
export interface IntentQuery {
  readonly archived: boolean;
  /** Words that the payload or the summary must hold. */
  readonly words?: string | undefined;
  readonly limit: number;
  /** The last id of the page before. */
  readonly before?: string | undefined;
}

/** An intent that was asked to be kept. */
export interface KeptIntent extends Intent {
  /** True when the person had it before; then all else is as it was stored then. */
  readonly alreadyStored: boolean;
}

/** What became of taking an archived intent back. */
export type Restored =
  | { readonly payload: string }
  /** The person has stored the same intent anew; there is one active intent of a kind. */
  | { readonly twinId: string };

/**
 * The table `intents`. A person has at most one active intent of the same words; archived ones stay until the person
 * goes. Every function runs in a transaction and changes one person's intents, one call at a time.
 */
export interface Intents {
  /** Stores findings, or finds the active intents that say the same; in the order given. */
  keep(
    userId: string,
    engine: Engine,
    findings: readonly FindingInContext[],
    now: Date,
  ): Promise<readonly KeptIntent[]>;
  /** Returns the payload; null when the person has no such intent. An archived one stays as it is. */
  archive(userId: string, id: string, now: Date): Promise<{ readonly payload: string } | null>;
  /** Takes `archive` back; null when the person has no such intent. */
  restore(userId: string, id: string): Promise<Restored | null>;
  /** Puts an intent in other words; null when the person has no such active intent. The quote stays as it was said. */
  edit(userId: string, id: string, words: { payload: string; summary: string | null }): Promise<Edited | null>;
}

/** What became of putting an intent in other words. */
export type Edited = { readonly intent: ListedIntent } | { readonly twinId: string };

/** A digest, because the words themselves may be longer than an index allows. */
const keyOf = (payload: string): string => digestOf(samenessKey(payload));

/** Two calls that keep the same intents in another order would else wait for each other, and neither end. */
const oneAtATime = (handle: Handle, userId: string): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`intents of ${userId}`}, 0))`.execute(handle);

async function insertMissing(
  handle: Handle,
  userId: string,
  rows: readonly object[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const inserted = await sql<{ id: string }>`
    insert into intents (id, user_id, payload, payload_key, summary, engine, section, quote, quote_from, quote_to, context_before, context_after, created_at)
    select id, ${userId}::uuid, payload, key, summary, engine, section, quote, "from", "to", before, after, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as finding
      (id uuid, payload text, key text, summary text, engine text, section text, quote text, "from" int, "to" int, before text, after text)
    on conflict (user_id, payload_key) where archived_at is null do nothing
    returning id
  `.execute(handle);
  return new Set(inserted.rows.map((row) => row.id));
}

async function activeByKey(
  handle: Handle,
  userId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Intent>> {
  const { rows } = await sql<Intent & { key: string }>`
    select id, payload, payload_key as key, summary, engine, section, quote, quote_from as "from", quote_to as "to",
      created_at as "createdAt"
    from intents where user_id = ${userId} and archived_at is null and payload_key in (${sql.join(keys)})
  `.execute(handle);
  return new Map(rows.map(({ key, ...intent }) => [key, intent]));
}

const listed = sql`id, payload, summary, engine, section, quote, quote_from as "from", quote_to as "to",
  context_before as before, context_after as after, created_at as "createdAt", archived_at as "archivedAt"`;

/** A person's intents, newest first. Outside any transaction. */
export async function listIntents(
  handle: Handle,
  userId: string,
  query: IntentQuery,
): Promise<readonly ListedIntent[]> {
  const { rows } = await sql<ListedIntent>`
    select ${listed} from intents
    where user_id = ${userId} and (archived_at is not null) = ${query.archived}
      and (${query.before ?? null}::uuid is null or id < ${query.before ?? null}::uuid)
      and (${query.words ?? null}::text is null
        or position(lower(${query.words ?? null}::text) in lower(payload || ' ' || coalesce(summary, ''))) > 0)
    order by id desc limit ${query.limit}
  `.execute(handle);
  return rows;
}

export const intentsOf = (handle: Handle): Intents => ({
  async keep(userId, engine, findings, now) {
    if (findings.length === 0) return [];
    await oneAtATime(handle, userId);
    const rows = findings.map(({ payload, summary, place, surroundings }) => ({
      ...place,
      ...surroundings,
      id: uuidv7(now),
      payload,
      key: keyOf(payload),
      summary,
      engine,
    }));
    const fresh = await insertMissing(handle, userId, rows, now);
    const active = await activeByKey(
      handle,
      userId,
      rows.map((row) => row.key),
    );
    return rows.flatMap(({ key }) => {
      const intent = active.get(key);
      return intent ? [{ ...intent, alreadyStored: !fresh.has(intent.id) }] : [];
    });
  },

  async archive(userId, id, now) {
    await oneAtATime(handle, userId);
    const { rows } = await sql<{ payload: string }>`
      update intents set archived_at = coalesce(archived_at, ${now}) where id = ${id} and user_id = ${userId} returning payload
    `.execute(handle);
    return rows[0] ?? null;
  },

  async restore(userId, id) {
    await oneAtATime(handle, userId);
    const twins = await sql<{ twinId: string }>`
      select twin.id as "twinId" from intents mine join intents twin using (user_id, payload_key)
      where mine.id = ${id} and mine.user_id = ${userId} and twin.id <> mine.id
        and twin.archived_at is null and mine.archived_at is not null
    `.execute(handle);
    if (twins.rows[0]) return twins.rows[0];
    const restored = await sql<{ payload: string }>`
      update intents set archived_at = null where id = ${id} and user_id = ${userId} returning payload
    `.execute(handle);
    return restored.rows[0] ?? null;
  },

  async edit(userId, id, { payload, summary }) {
    await oneAtATime(handle, userId);
    const key = keyOf(payload);
    const twin = (await activeByKey(handle, userId, [key])).get(key);
    if (twin && twin.id !== id) return { twinId: twin.id };
    const { rows } = await sql<ListedIntent>`
      update intents set payload = ${payload}, payload_key = ${key}, summary = ${summary}
      where id = ${id} and user_id = ${userId} and archived_at is null returning ${listed}
    `.execute(handle);
    return rows[0] ? { intent: rows[0] } : null;
  },
});

/** Erases a person's intents, archived ones too. */
export async function deleteIntents(handle: Handle, userId: string): Promise<void> {
  await oneAtATime(handle, userId);
  await sql`delete from intents where user_id = ${userId}`.execute(handle);
}
