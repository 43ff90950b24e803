import type { Handle } from "../database/handle.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { eraseReceipts, selectReceipts } from "./records/receipts.ts";

/** More than a person ever left; an export is whole. */
const ALL = 10_000_000;

/** What this room keeps of a person. */
export const receiptsData: PersonalData<Handle> = {
  name: "receipts",
  exportOf: async (handle, userId) =>
    (await selectReceipts(handle, { userId, limit: ALL })).map(({ userId: _person, startedAt, ...receipt }) => ({
      ...receipt,
      startedAt: startedAt.toISOString(),
    })),
  erase: eraseReceipts,
};
