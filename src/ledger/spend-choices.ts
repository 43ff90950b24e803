import type { Handle } from "../database/handle.ts";
import type { Cap } from "../kernel/caps.ts";
import { after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { digestOf, wellFormed } from "../kernel/json.ts";
import {
  changePolicy,
  deleteRecipient,
  listRecipients,
  lockPolicy,
  type OwnPolicy,
  putRecipient,
} from "./records/spending.ts";

/** What a person decides of their own spending. Each runs in the transaction of its handle, and says the version after it. */
export interface SpendChoices {
  /** What a person has set; nobody else changes it before the transaction ends. */
  own(handle: Handle, userId: string, now: Date): Promise<OwnPolicy>;
  /** Replaces the whole list. */
  setCaps(handle: Handle, userId: string, caps: readonly Cap[], now: Date): Promise<number>;
  setRecipientsOnly(handle: Handle, userId: string, recipientsOnly: boolean, now: Date): Promise<number>;
  /**
   * Adds a recipient, which rests first, or labels it anew.
   * @throws AppError `conflict` when the list is full.
   */
  addRecipient(
    handle: Handle,
    userId: string,
    recipient: { readonly recipient: string; readonly label: string },
    now: Date,
  ): Promise<{ readonly version: number; readonly usableFrom: Date }>;
  /** Null when it was not on the list. */
  removeRecipient(handle: Handle, userId: string, recipient: string, now: Date): Promise<number | null>;
}

/** Recipients that a person may list. */
const MOST_RECIPIENTS = 500;

/** The database keeps the members of an object in an order of its own. */
const sameCaps = (one: readonly Cap[], other: readonly Cap[]): boolean =>
  digestOf(wellFormed(one)) === digestOf(wellFormed(other));

/** What changes nothing keeps the version, so that what waits for the person stays good. */
async function change(handle: Handle, userId: string, now: Date, to: Partial<OwnPolicy>): Promise<number> {
  const before = await lockPolicy(handle, userId, now);
  const next = { ...before, ...to };
  const same = before.recipientsOnly === next.recipientsOnly && sameCaps(before.caps, next.caps);
  return same ? before.version : changePolicy(handle, userId, next, now);
}

/** See {@link SpendChoices}. @param holdHours how long a new recipient rests. */
export const createSpendChoices = (holdHours: number): SpendChoices => ({
  own: lockPolicy,
  setCaps: (handle, userId, caps, now) => change(handle, userId, now, { caps }),
  setRecipientsOnly: (handle, userId, recipientsOnly, now) => change(handle, userId, now, { recipientsOnly }),
  async addRecipient(handle, userId, { recipient, label }, now) {
    const own = await lockPolicy(handle, userId, now);
    const listed = await listRecipients(handle, userId);
    const known = listed.find((one) => one.recipient === recipient);
    if (!known && listed.length >= MOST_RECIPIENTS)
      throw new AppError("conflict", `Your list holds ${MOST_RECIPIENTS} recipients.`, { next: "Remove one first." });
    const usableFrom = known?.usableFrom ?? after(now, holdHours * 3600);
    await putRecipient(handle, userId, { recipient, label, addedAt: now, usableFrom });
    return { version: known ? own.version : await changePolicy(handle, userId, own, now), usableFrom };
  },
  async removeRecipient(handle, userId, recipient, now) {
    const own = await lockPolicy(handle, userId, now);
    return (await deleteRecipient(handle, userId, recipient)) ? changePolicy(handle, userId, own, now) : null;
  },
});
