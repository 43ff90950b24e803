import type { Handle } from "../database/handle.ts";
import type { Json } from "../kernel/json.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { eraseReceipts, selectReceipts } from "./records/receipts.ts";

const PAGE = 500;

const exported = ({ userId: _person, startedAt, ...receipt }: Receipt): Json => ({
  ...receipt,
  startedAt: startedAt.toISOString(),
});

async function* allReceipts(handle: Handle, userId: string): AsyncGenerator<Json> {
  let before: string | undefined;
  do {
    const page: readonly Receipt[] = await selectReceipts(handle, { userId, limit: PAGE, before });
    yield* page.map(exported);
    before = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (before !== undefined);
}

/** What this room keeps of a person. */
export const receiptsData: PersonalData<Handle> = { name: "receipts", exportOf: allReceipts, erase: eraseReceipts };
