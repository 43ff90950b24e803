/** Where an item can stand. */
export const statusNames = ["open", "approved", "rejected", "archived"] as const;
export type ItemStatus = (typeof statusNames)[number];

/** What a person may do with an item. */
export const actionNames = ["approve", "reject", "archive", "restore"] as const;
export type ItemAction = (typeof actionNames)[number];

/** Where an item stands after an action; `restore` takes any decision back. */
export const statusAfter: Readonly<Record<ItemAction, ItemStatus>> = {
  approve: "approved",
  reject: "rejected",
  archive: "archived",
  restore: "open",
};
