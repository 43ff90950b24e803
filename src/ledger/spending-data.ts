import type { Handle } from "../database/handle.ts";
import type { Json } from "../kernel/json.ts";
import { decimalText } from "../kernel/money.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { type ListedReservation, listReservations } from "./records/reservations.ts";
import { findPolicy, listRecipients } from "./records/spending.ts";

const PAGE = 500;

const exported = ({ key: _key, amount, decimals, reservedAt, settledAt, ...rest }: ListedReservation): Json => ({
  ...rest,
  amount: decimalText({ amount, decimals }),
  reservedAt: reservedAt.toISOString(),
  settledAt: settledAt?.toISOString() ?? null,
});

async function* allReservations(handle: Handle, userId: string): AsyncGenerator<Json> {
  let before: ListedReservation | undefined;
  do {
    const page: readonly ListedReservation[] = await listReservations(handle, userId, PAGE, before);
    yield* page.map(exported);
    before = page.length === PAGE ? page.at(-1) : undefined;
  } while (before !== undefined);
}

/** What a person set for their spending, and whom they let be paid; the rows go with the user's own. */
export const spendingData: PersonalData<Handle> = {
  name: "spending",
  async exportOf(handle, userId) {
    const policy = await findPolicy(handle, userId);
    const recipients = await listRecipients(handle, userId);
    return {
      version: policy?.version ?? 0,
      caps: (policy?.caps ?? []).map(({ rolling, ...cap }) => ({ ...cap, rolling: rolling && { ...rolling } })),
      recipientsOnly: policy?.recipientsOnly ?? false,
      recipients: recipients.map(({ recipient, label, addedAt, usableFrom }) => ({
        recipient,
        label,
        addedAt: addedAt.toISOString(),
        usableFrom: usableFrom.toISOString(),
      })),
    };
  },
};

/** What a person's operations reserved and spent; these rows go with the user's own, too. */
export const reservationsData: PersonalData<Handle> = { name: "spent", exportOf: allReservations };
