import { AppError } from "../../kernel/errors.ts";
import type { ItemStates } from "./records/item-states.ts";
import { type ItemStatus, statusAfter, type ItemAction, actionNames } from "./statuses.ts";
import { starterItems, type StarterItem } from "./starter-items.ts";

/** One thing on a person's list. */
export interface Item extends StarterItem {
  readonly status: ItemStatus;
  /** When the person last decided on it; null as long as they have not. */
  readonly changedAt: Date | null;
  /** What can be done with it now. */
  readonly actions: readonly ItemAction[];
}

/** What an action changed. */
export interface ItemChange {
  readonly item: StarterItem;
  readonly previousStatus: ItemStatus;
  readonly status: ItemStatus;
}

/** A person's list, as the demo's tools use it. */
export interface Items {
  /** All items whose title, description or status holds `filter`, in any case of letters. */
  list(userId: string, filter: string): Promise<readonly Item[]>;
  /** @throws AppError `not_found` for an id that is not on the list. */
  act(userId: string, itemId: string, action: ItemAction, now: Date): Promise<ItemChange>;
  /** Which of these are on the list, each once, in this order. @throws AppError `not_found`, naming the first that is not. */
  these(userId: string, itemIds: readonly string[]): Promise<readonly StarterItem[]>;
  /** Deletes these for good. @throws AppError `not_found` when one of them is not on the list: then none is deleted. */
  delete(userId: string, itemIds: readonly string[], now: Date): Promise<readonly StarterItem[]>;
}

const holds = (item: Item, filter: string): boolean =>
  [item.title, item.description, item.status].some((text) => text.toLowerCase().includes(filter));

const notOnList = (id: string): AppError =>
  new AppError("not_found", `There is no item with the id ${JSON.stringify(id.slice(0, 60))} on the list.`);

function named(itemId: string, gone: ReadonlySet<string>): StarterItem {
  const item = starterItems.find(({ id }) => id === itemId);
  if (!item || gone.has(itemId)) throw notOnList(itemId);
  return item;
}

/**
 * Everyone starts with the same items, so only what a person decided is stored: a list that was never touched needs no
 * row, and reading it changes nothing.
 */
export const itemsOf = (states: ItemStates): Items => ({
  async list(userId, filter) {
    const stored = await states.all(userId);
    const decided = new Map(stored.map((state) => [state.itemId, state]));
    const gone = new Set(stored.filter(({ deletedAt }) => deletedAt !== null).map(({ itemId }) => itemId));
    const items = starterItems
      .filter(({ id }) => !gone.has(id))
      .map((starter): Item => {
        const { status, changedAt } = decided.get(starter.id) ?? { status: "open", changedAt: null };
        return { ...starter, status, changedAt, actions: actionNames.filter((name) => statusAfter[name] !== status) };
      });
    return items.filter((item) => holds(item, filter.trim().toLowerCase()));
  },

  async act(userId, itemId, action, now) {
    const item = starterItems.find((starter) => starter.id === itemId);
    if (!item) throw new AppError("not_found", "There is no item with this id on the list.");
    const status = statusAfter[action];
    const previousStatus = await states.change(userId, itemId, status, now);
    if (previousStatus === "deleted") throw new AppError("not_found", "There is no item with this id on the list.");
    return { item, previousStatus, status };
  },

  async these(userId, itemIds) {
    const gone = new Set(
      (await states.all(userId)).filter(({ deletedAt }) => deletedAt !== null).map(({ itemId }) => itemId),
    );
    return [...new Set(itemIds)].map((id) => named(id, gone));
  },

  async delete(userId, itemIds, now) {
    const items = [...new Set(itemIds)].map((id) => named(id, new Set()));
    for (const { id } of items) {
      if (!(await states.delete(userId, id, now))) throw notOnList(id);
    }
    return items;
  },
});
