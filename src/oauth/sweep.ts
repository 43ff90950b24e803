import type { Database } from "../database/handle.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { deleteOldAssertions } from "./records/assertions.ts";
import { deleteUnlinkedClients } from "./records/clients.ts";
import { deleteOldCodes } from "./records/codes.ts";
import { deleteOldGrants } from "./records/grants.ts";
import { deleteUnusedKeySets } from "./records/key-sets.ts";
import { deleteRetiredKeys } from "./records/keys.ts";
import { deleteOldServiceSessions } from "./records/service-sessions.ts";

const DAY = 24 * 3600;
/** An ended link is shown to its person in their export for this long. */
const GRANT_KEPT = 90 * DAY;
/** An ended key is listed to the operator for this long. */
const KEY_KEPT = 30 * DAY;
/**
 * Time that a client has to be linked after it came. ChatGPT registers once for a connection and never again, and people
 * link it when they please.
 */
const CLIENT_KEPT = 30 * DAY;

/**
 * Deletes what nobody can use any more, so that strangers cannot fill the database: anyone may register a client. Codes
 * and grants go first, since a client stays as long as it has any.
 */
export async function sweep(database: Database, clock: Clock): Promise<void> {
  const { handle } = database;
  const now = clock();
  await deleteOldCodes(handle, now);
  await deleteOldGrants(handle, after(now, -GRANT_KEPT));
  await deleteRetiredKeys(handle, after(now, -KEY_KEPT));
  await deleteOldServiceSessions(handle, after(now, -GRANT_KEPT));
  await deleteUnlinkedClients(handle, after(now, -CLIENT_KEPT));
  await deleteOldAssertions(handle, now);
  await deleteUnusedKeySets(handle);
}
