import { accountData } from "../accounts/people.ts";
import type { Handle } from "../database/handle.ts";
import type { Json } from "../kernel/json.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { receiptsData } from "../ledger/receipts-data.ts";
import { linksData } from "../oauth/grants.ts";
import { toolsetData } from "../toolsets/index.ts";

/** What every room keeps of a person; the account comes last, since other rows reference its user. */
const personalData: readonly PersonalData<Handle>[] = [receiptsData, linksData, ...toolsetData, accountData];

/** Deletes everything that is kept of a person. */
export async function erasePerson(handle: Handle, userId: string): Promise<void> {
  for (const data of personalData) await data.erase?.(handle, userId);
}

/** Everything that is kept of a person. */
export async function exportPerson(handle: Handle, userId: string): Promise<Json> {
  const members: [string, Json][] = [];
  for (const data of personalData) members.push([data.name, await data.exportOf(handle, userId)]);
  return Object.fromEntries(members);
}
