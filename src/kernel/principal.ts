import type { Scope } from "./scopes.ts";

/** The surfaces a call can come from. */
export type Channel = "chatgpt" | "claude" | "mcp" | "web";

/** On whose behalf a call is made, and by what. Made only by `authenticate`; nothing a caller sends is believed. */
export interface Principal {
  readonly userId: string;
  /** The OAuth client, or `console` for the person's own browser. */
  readonly clientId: string;
  readonly clientName: string;
  /** The live grant behind the bearer; null for the browser session. */
  readonly grantId: string | null;
  readonly scopes: ReadonlySet<Scope>;
  readonly channel: Channel;
}
