import { createContext, useContext } from "react";
import type { Api } from "./api.ts";
import type { PageFacts } from "./page-facts.ts";

/** What every page may use. */
export interface ConsoleParts {
  readonly api: Api;
  readonly facts: PageFacts;
  /** Leaves the console for another address. */
  readonly leaveTo: (uri: string) => void;
}

/** Carries {@link ConsoleParts} to the pages. */
export const ConsolePartsContext = createContext<ConsoleParts | null>(null);

/** @throws Error outside the console. */
export function useParts(): ConsoleParts {
  const parts = useContext(ConsolePartsContext);
  if (parts === null) throw new Error("A page was shown outside the console.");
  return parts;
}
