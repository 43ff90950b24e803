import { type ReactNode, createContext, useContext } from "react";

/** A short word on what was just done. */
export interface Toast {
  readonly words: ReactNode;
  /** Takes it back. */
  readonly undo?: () => Promise<unknown>;
}

/** Shows toasts. */
export interface Toasts {
  show(toast: Toast): void;
}

/** Carries {@link Toasts} to the pages. */
export const ToastsContext = createContext<Toasts | null>(null);

/** @throws Error outside the console. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext);
  if (toasts === null) throw new Error("A toast was shown outside the console.");
  return toasts;
}
