import { sql } from "kysely";
import type { Handle } from "../../../database/handle.ts";
import { uuidv7 } from "../../../kernel/ids.ts";
import { digestOf } from "../../../kernel/json.ts";
import type { Engine, Finding } from "../extraction/findings.ts";
import { samenessKey } from "../extraction/fold.ts";
import type { OwnSection } from "../extraction/sections.ts";

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
  keep(userId: string, engine: Engine, findings: readonly Finding[], now: Date): Promise<readonly KeptIntent[]>;
  /** Returns the payload; null when the person has no such intent. An archived one stays as it is. */
  archive(userId: string, id: string, now: Date): Promise<{ readonly payload: string } | null>;
  /** Takes `archive` back; null when the person has no such intent. */
  restore(userId: string, id: string): Promise<Restored | null>;
}

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
    insert into intents (id, user_id, payload, payload_key, summary, engine, section, quote, quote_from, quote_to, created_at)
    select id, ${userId}::uuid, payload, key, summary, engine, section, quote, "from", "to", ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as finding
      (id uuid, payload text, key text, summary text, engine text, section text, quote text, "from" int, "to" int)
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

export const intentsOf = (handle: Handle): Intents => ({
  async keep(userId, engine, findings, now) {
    if (findings.length === 0) return [];
    await oneAtATime(handle, userId);
    const rows = findings.map(({ payload, summary, place }) => ({
      ...place,
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
});
