import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Done } from "../parts/done-note.tsx";
import type { Change } from "./contract.ts";

/** Makes a change, has what is shown read again, and says what was done. */
export type Make = (change: () => Promise<Change>, words: ReactNode) => Promise<void>;

/** Changes of the person's own limits, and the last one that was made. */
export function useChanges(): { readonly done: Done | null; readonly make: Make } {
  const queries = useQueryClient();
  const [done, setDone] = useState<Done | null>(null);
  const make: Make = async (change, words) => {
    const made = await change();
    setDone({ words, receiptId: made?.receiptId ?? null });
    await Promise.all(["spending", "pause"].map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
  return { done, make };
}
