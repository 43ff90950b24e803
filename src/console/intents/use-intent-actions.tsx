import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { Intent, IntentPage } from "../contract.ts";
import { Words } from "../parts/words.tsx";
import { useToasts } from "../toasts/toasts.ts";

type ReadIntents = InfiniteData<IntentPage, string | null>;

/** Changes every list of intents that was read, then reads them again. */
function changeLists(queries: QueryClient, change: (intents: readonly Intent[]) => readonly Intent[]): Promise<void> {
  queries.setQueriesData<ReadIntents>(
    { queryKey: ["intents"] },
    (read) => read && { ...read, pages: read.pages.map((page) => ({ ...page, intents: change(page.intents) })) },
  );
  return queries.invalidateQueries({ queryKey: ["intents"] });
}

/** What became of an intent, which is named by its first words. */
const told = (what: string, { payload, summary }: Intent) => (
  <>
    {what}: “<Words text={summary ?? payload} limit={60} />”
  </>
);

/** What can be done with an intent. Nothing changes in view before the server has said yes. */
export function useIntentActions(intent: Intent, onGone: () => void) {
  const { api } = useParts();
  const queries = useQueryClient();
  const toasts = useToasts();
  const without = (): Promise<void> => changeLists(queries, (intents) => intents.filter(({ id }) => id !== intent.id));
  const reread = (): Promise<void> => queries.invalidateQueries({ queryKey: ["intents"] });
  const put = (changed: Intent): Promise<void> =>
    changeLists(queries, (intents) => intents.map((one) => (one.id === changed.id ? changed : one)));

  const archive = useMutation({
    mutationFn: () => api.archiveIntent(intent.id),
    onSuccess: () => {
      onGone();
      toasts.show({
        words: told("Archived", intent),
        undo: () => api.restoreIntent(intent.id).then(reread),
      });
      return without();
    },
  });
  const restore = useMutation({
    mutationFn: () => api.restoreIntent(intent.id),
    onSuccess: () => {
      onGone();
      toasts.show({
        words: told("Active again", intent),
        undo: () => api.archiveIntent(intent.id).then(reread),
      });
      return without();
    },
  });
  const saved = (changed: Intent): void => {
    const { payload, summary } = intent;
    toasts.show({ words: "Saved.", undo: () => api.editIntent(intent.id, { payload, summary }).then(put) });
    void put(changed);
  };
  return { archive, restore, saved };
}
