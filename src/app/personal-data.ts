import { entitlementData } from "../accounts/entitlement-data.ts";
import { noticesData } from "../accounts/notices.ts";
import { passkeysData } from "../accounts/own-passkeys.ts";
import { accountData } from "../accounts/people.ts";
import type { Handle } from "../database/handle.ts";
import { jsonText } from "./json-text.ts";
import type { ErasingCall, PersonalData } from "../kernel/personal-data.ts";
import { operationsData, type OperationsDataParts } from "../ledger/operations-data.ts";
import { receiptsData } from "../ledger/receipts-data.ts";
import { reservationsData, spendingData } from "../ledger/spending-data.ts";
import { admissionData, attemptsData, linksData } from "../oauth/grants.ts";
import { serviceSessionsData } from "../oauth/service-sessions-data.ts";
import { toolsetData } from "../toolsets/index.ts";
import { workData } from "../work/work-data.ts";

/**
 * What every room keeps of a person. The account comes after the rooms whose rows reference its user, and receipts last. A
 * call that closes in the same moment may take locks in another order; PostgreSQL then ends one of the two, which runs anew.
 */
const personalData = (parts: OperationsDataParts): readonly PersonalData<Handle>[] => [
  linksData,
  attemptsData,
  admissionData,
  serviceSessionsData,
  ...toolsetData,
  entitlementData,
  ...operationsData(parts),
  ...workData,
  spendingData,
  reservationsData,
  passkeysData,
  noticesData,
  accountData,
  receiptsData,
];

/** Deletes everything that is kept of a person, but the receipt of the call that does it. */
export const erasePerson =
  (parts: OperationsDataParts) =>
  async (handle: Handle, userId: string, call: ErasingCall): Promise<void> => {
    for (const data of personalData(parts)) await data.erase?.(handle, userId, call);
  };

/** Everything that is kept of a person, as the text of one JSON object, piece by piece. */
export function exportPerson(parts: OperationsDataParts, handle: Handle, userId: string): AsyncIterable<string> {
  return jsonText(personalData(parts).map(({ name, exportOf }) => ({ name, read: () => exportOf(handle, userId) })));
}
