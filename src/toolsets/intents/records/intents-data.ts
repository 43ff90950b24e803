import type { Handle } from "../../../database/handle.ts";
import type { PersonalData } from "../../../kernel/personal-data.ts";
import { deleteIntents, listIntents, type ListedIntent } from "./intents.ts";

/** More than a person ever stored; an export is whole. */
const ALL = 1_000_000;

const exported = ({ createdAt, archivedAt, ...intent }: ListedIntent) => ({
  ...intent,
  createdAt: createdAt.toISOString(),
  archivedAt: archivedAt?.toISOString() ?? null,
});

/** What this toolset keeps of a person. */
export const intentsData: PersonalData<Handle> = {
  name: "intents",
  async exportOf(handle, userId) {
    const active = await listIntents(handle, userId, { archived: false, limit: ALL });
    const archived = await listIntents(handle, userId, { archived: true, limit: ALL });
    return [...active, ...archived].map(exported);
  },
  erase: deleteIntents,
};
