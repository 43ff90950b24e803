import type { Scope } from "./scopes.ts";

/**
 * The surfaces a call can come from: the hosts whose address proves them, any other MCP client (`mcp`), the person's own
 * browser (`web`), a custom GPT's actions, and our own voice, X and command-line callers.
 */
export const allChannels = ["chatgpt", "claude", "mcp", "web", "actions", "voice", "x", "stdio"] as const;
export type Channel = (typeof allChannels)[number];

/**
 * Who has paused everything of a person: they themselves, or whoever runs the server, which they cannot lift. Here
 * `operator` is both the terminal and an administrator in the console; in tiers and bundles it is the terminal alone.
 */
export type PausedBy = "person" | "operator";

/**
 * How a person proves that they are there themselves, and not only their browser: by a sign-in of this moment, or by a
 * passkey.
 */
export type ProvenBy = "sign_in" | "passkey";

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
  /** Of a call by our own surfaces: their session for the person. What it began ends with it, also what runs later. */
  readonly sessionId?: string;
  /** Who has paused everything, false when nobody has: what only reads goes on, nothing else does. */
  readonly paused: PausedBy | false;
  /**
   * How the person proved, for this very call, that they are there and not only their browser; absent where they did not.
   * It is never stored: what runs later has to be allowed without it.
   */
  readonly proven?: ProvenBy;
  /** Names the browser session behind the call, without opening it; absent where a bearer is behind it. */
  readonly sessionRef?: string;
}
