import { sql } from "kysely";
import type { Handle } from "../../../database/handle.ts";
import type { PersonalData } from "../../../kernel/personal-data.ts";
import type { ItemStatus } from "../statuses.ts";

/** What a person decided about one item. */
export interface ItemState {
  readonly itemId: string;
  readonly status: ItemStatus;
  readonly changedAt: Date;
  /** When it was deleted for good; null while it is on the list. */
  readonly deletedAt: Date | null;
}

/** The table `demo_items`: one row for each item that a person has decided on, gone with the person. */
export interface ItemStates {
  all(userId: string): Promise<readonly ItemState[]>;
  /** Stores a status and returns the one before it; `deleted` for an item that is gone, and stays so. Runs in a transaction. */
  change(userId: string, itemId: string, status: ItemStatus, now: Date): Promise<ItemStatus | "deleted">;
  /** Deletes an item for good. False when it was gone. */
  delete(userId: string, itemId: string, now: Date): Promise<boolean>;
}

export const itemStatesOf = (handle: Handle): ItemStates => ({
  async all(userId) {
    const { rows } = await sql<ItemState>`
      select item_id as "itemId", status, changed_at as "changedAt", deleted_at as "deletedAt"
      from demo_items where user_id = ${userId}
    `.execute(handle);
    return rows;
  },

  async change(userId, itemId, status, now) {
    // Makes the row or locks the one that is there. Either way the status it answers with is nobody else's to change
    // until this transaction ends, so of two decisions at once each sees what it replaces.
    const { rows } = await sql<Pick<ItemState, "status" | "deletedAt">>`
      insert into demo_items (user_id, item_id, status, changed_at) values (${userId}, ${itemId}, 'open', ${now})
      on conflict (user_id, item_id) do update set item_id = excluded.item_id
      returning status, deleted_at as "deletedAt"
    `.execute(handle);
    if (rows[0]?.deletedAt) return "deleted";
    await sql`
      update demo_items set status = ${status}, changed_at = ${now} where user_id = ${userId} and item_id = ${itemId}
    `.execute(handle);
    return rows[0]?.status ?? "open";
  },

  async delete(userId, itemId, now) {
    const { rows } = await sql`
      insert into demo_items (user_id, item_id, status, changed_at, deleted_at)
      values (${userId}, ${itemId}, 'open', ${now}, ${now})
      on conflict (user_id, item_id) do update set deleted_at = excluded.deleted_at where demo_items.deleted_at is null
      returning 1
    `.execute(handle);
    return rows.length === 1;
  },
});

/** What this toolset keeps of a person. */
export const itemsData: PersonalData<Handle> = {
  name: "items",
  exportOf: async (handle, userId) =>
    (await itemStatesOf(handle).all(userId)).map(({ itemId, status, changedAt, deletedAt }) => ({
      itemId,
      status,
      changedAt: changedAt.toISOString(),
      deletedAt: deletedAt?.toISOString() ?? null,
    })),
  async erase(handle, userId) {
    await sql`delete from demo_items where user_id = ${userId}`.execute(handle);
  },
};
