import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { AppError } from "../../kernel/errors.ts";
import { uuidv7 } from "../../kernel/ids.ts";
import type { PushTarget } from "../../kernel/ports/notify.ts";

/*
 * How a person is told. A choice is a row only once it was made; a browser's subscription lives until the person removes
 * it, another person takes over the browser, its push service says that it is gone, or nothing has reached it for long.
 */

/** Whether a person wants mail: yes until they say no. */
export async function wantsMail(db: Handle, userId: string): Promise<boolean> {
  const { rows } = await sql<{ email: boolean }>`select email from notice_choices where user_id = ${userId}`.execute(
    db,
  );
  return rows[0]?.email ?? true;
}

export async function saveChoice(db: Handle, userId: string, email: boolean): Promise<void> {
  await sql`
    insert into notice_choices (user_id, email) values (${userId}, ${email})
    on conflict (user_id) do update set email = excluded.email`.execute(db);
}

/** An address that a person proved by our own code, and the identity that it is. */
interface ProvenAddress {
  readonly id: string;
  readonly address: string;
}

/** A person's proven addresses, the first of them first. */
export async function provenAddresses(db: Handle, userId: string): Promise<readonly ProvenAddress[]> {
  const { rows } = await sql<ProvenAddress>`
    select id, subject as address from identities where user_id = ${userId} and issuer = 'email'
    order by created_at, id`.execute(db);
  return rows;
}

/** A browser that shows notices, as its person sees it. */
export interface NoticeBrowser {
  readonly id: string;
  readonly label: string;
  readonly createdAt: Date;
}

/** A browser with what reaches it. */
export interface KeptBrowser extends NoticeBrowser, PushTarget {
  /** When its person removed it: it is kept until it has been told. Null while it is theirs. */
  readonly removedAt: Date | null;
}

const browserColumns = sql`id, label, created_at as "createdAt", endpoint, p256dh, auth, removed_at as "removedAt"`;

/** All that is kept of a person's browsers, oldest first: also those that they removed. */
export async function keptBrowsers(db: Handle, userId: string): Promise<readonly KeptBrowser[]> {
  const { rows } = await sql<KeptBrowser>`
    select ${browserColumns} from push_subscriptions where user_id = ${userId} order by created_at, id`.execute(db);
  return rows;
}

/** A person's browsers with what reaches them, oldest first; none that they removed. */
export const listBrowsers = async (db: Handle, userId: string): Promise<readonly KeptBrowser[]> =>
  (await keptBrowsers(db, userId)).filter(({ removedAt }) => removedAt === null);

/** One browser of a person, also one that they removed; none when there is none with this id. */
export async function findBrowser(db: Handle, userId: string, id: string): Promise<readonly KeptBrowser[]> {
  const { rows } = await sql<KeptBrowser>`
    select ${browserColumns} from push_subscriptions where id = ${id} and user_id = ${userId}`.execute(db);
  return rows;
}

const MOST_BROWSERS = 10;

/** What became of a browser that was to be added. */
interface SavedBrowser {
  readonly id: string;
  readonly isNew: boolean;
  /** Whose it was until now, and by which id. */
  readonly takenFrom: readonly { readonly userId: string; readonly id: string }[];
}

/** What there was of a browser, if it was somebody else's or removed: it begins anew. @returns from whom it was taken. */
async function takeOver(db: Handle, userId: string, endpoint: string): Promise<SavedBrowser["takenFrom"]> {
  const { rows } = await sql<{ userId: string; id: string; wasTheirs: boolean }>`
    delete from push_subscriptions where endpoint = ${endpoint} and (user_id <> ${userId} or removed_at is not null)
    returning user_id as "userId", id, removed_at is null as "wasTheirs"`.execute(db);
  return rows.filter(({ wasTheirs }) => wasTheirs);
}

/**
 * Adds a browser. One that is there already is taken over, since a browser shows notices to whoever uses it last; its own
 * person's again only has its keys and label replaced. The user's row is locked first, so that of several added at once
 * none exceeds the number.
 */
export async function saveBrowser(
  db: Handle,
  userId: string,
  { endpoint, p256dh, auth, label }: PushTarget & { readonly label: string },
  now: Date,
): Promise<SavedBrowser | "full"> {
  await sql`select id from users where id = ${userId} for no key update`.execute(db);
  const { rows: others } = await sql`
    select id from push_subscriptions
    where user_id = ${userId} and endpoint <> ${endpoint} and removed_at is null`.execute(db);
  if (others.length >= MOST_BROWSERS) return "full";
  const takenFrom = await takeOver(db, userId, endpoint);
  const id = uuidv7(now);
  const { rows } = await sql<{ id: string }>`
    insert into push_subscriptions (id, user_id, endpoint, p256dh, auth, label, created_at)
    values (${id}, ${userId}, ${endpoint}, ${p256dh}, ${auth}, ${label}, ${now})
    on conflict (endpoint) do update set p256dh = excluded.p256dh, auth = excluded.auth, label = excluded.label, failures = 0
    where push_subscriptions.user_id = excluded.user_id
    returning id`.execute(db);
  const [saved] = rows;
  if (saved) return { id: saved.id, isNew: saved.id === id, takenFrom };
  throw new AppError("conflict", "Somebody else is adding this browser at the same moment.");
}

/** Removes a person's browser, which is kept until it has been told; false when they have none with this id. */
export async function removeBrowser(db: Handle, userId: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update push_subscriptions set removed_at = ${now}
    where id = ${id} and user_id = ${userId} and removed_at is null returning id`.execute(db);
  return rows.length === 1;
}

/** Deletes what was kept of a person's browser. */
export async function forgetBrowser(db: Handle, userId: string, id: string): Promise<void> {
  await sql`delete from push_subscriptions where id = ${id} and user_id = ${userId}`.execute(db);
}

/** Notes that a push service took a notice. */
export async function noteDelivery(db: Handle, id: string, now: Date): Promise<void> {
  await sql`update push_subscriptions set failures = 0, last_ok_at = ${now} where id = ${id}`.execute(db);
}

/** Notes that a push service did not take a notice. */
export async function noteFailure(db: Handle, id: string): Promise<void> {
  await sql`update push_subscriptions set failures = failures + 1 where id = ${id}`.execute(db);
}

/** So many failures in a row, over so long: it is no outage, nobody is there any more. */
const MOST_FAILURES = 20;

/** Deletes browsers that were removed before `since`, and those that failed many times and were reached last, or added, before. */
export async function deleteSilentBrowsers(db: Handle, since: Date): Promise<void> {
  await sql`
    delete from push_subscriptions
    where removed_at < ${since}
      or (failures >= ${MOST_FAILURES} and coalesce(last_ok_at, created_at) < ${since})`.execute(db);
}
