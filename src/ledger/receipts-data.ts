import * as z from "zod";
import type { Handle } from "../database/handle.ts";
import type { Json, KeptText } from "../kernel/json.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { eraseReceipts, selectReceipts, selectWhole } from "./records/receipts.ts";

const PAGE = 500;

const json = z.json();

/** What was asked or answered, as it was kept; null where it was too long to be. */
const readable = (kept: KeptText | undefined): Json => (kept?.text ? json.parse(JSON.parse(kept.text)) : null);

const exported = ({ userId: _person, startedAt, asked, answered, ...receipt }: Receipt): Json => ({
  ...receipt,
  startedAt: startedAt.toISOString(),
  asked: readable(asked),
  answered: readable(answered),
});

async function* allReceipts(handle: Handle, userId: string): AsyncGenerator<Json> {
  let before: string | undefined;
  do {
    const page: readonly Receipt[] = await selectReceipts(handle, { userId, limit: PAGE, before });
    const ids = page.map(({ id }) => id);
    const whole = await selectWhole(handle, ids);
    yield* page.map((receipt) => exported(whole.get(receipt.id)?.receipt ?? receipt));
    before = page.length === PAGE ? ids.at(-1) : undefined;
  } while (before !== undefined);
}

/** What this room keeps of a person. */
export const receiptsData: PersonalData<Handle> = { name: "receipts", exportOf: allReceipts, erase: eraseReceipts };
