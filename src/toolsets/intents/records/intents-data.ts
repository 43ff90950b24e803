import type { Handle } from "../../../database/handle.ts";
import type { Json } from "../../../kernel/json.ts";
import type { PersonalData } from "../../../kernel/personal-data.ts";
import { deleteIntents, listIntents, type ListedIntent } from "./intents.ts";

const PAGE = 200;

const exported = ({ createdAt, archivedAt, ...intent }: ListedIntent): Json => ({
  ...intent,
  createdAt: createdAt.toISOString(),
  archivedAt: archivedAt?.toISOString() ?? null,
});

async function* allIntents(handle: Handle, userId: string): AsyncGenerator<Json> {
  for (const archived of [false, true]) {
    let before: string | undefined;
    do {
      const page: readonly ListedIntent[] = await listIntents(handle, userId, { archived, limit: PAGE, before });
      yield* page.map(exported);
      before = page.length === PAGE ? page.at(-1)?.id : undefined;
    } while (before !== undefined);
  }
}

/** What this toolset keeps of a person. */
export const intentsData: PersonalData<Handle> = { name: "intents", exportOf: allIntents, erase: deleteIntents };
