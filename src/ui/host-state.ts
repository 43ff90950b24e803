import type { Store } from "./store.ts";
import type { ToolAnswer } from "./tool-answer.ts";

export type DisplayMode = "inline" | "fullscreen" | "pip";

/** Where a call stands, as its widget sees it. */
export type CallPhase =
  | "waiting"
  | "answered"
  | "cancelled"
  /** No host: the page was opened by itself. */
  | "alone";

/** All that a host has said so far. */
export interface HostState {
  readonly phase: CallPhase;
  /** Null until the phase is `answered`. */
  readonly answer: ToolAnswer | null;
  /** The answer as the host gave it. */
  readonly toolOutput: unknown;
  /** The arguments of the call; hosts may send them late, or never. */
  readonly toolInput: unknown;
  readonly theme: "light" | "dark" | null;
  /** BCP 47 and known to be well-formed; null lets the browser choose. */
  readonly locale: string | null;
  readonly displayMode: DisplayMode;
  /** What the host can show a widget as. */
  readonly displayModes: readonly DisplayMode[];
}

export type HostStore = Store<HostState>;

/** Nothing heard yet. */
export const silence: HostState = {
  phase: "waiting",
  answer: null,
  toolOutput: null,
  toolInput: null,
  theme: null,
  locale: null,
  displayMode: "inline",
  displayModes: ["inline"],
};
