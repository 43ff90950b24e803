import type { KeptText } from "./json.ts";
import type { Channel } from "./principal.ts";
import type { Effect } from "./tool.ts";

/**
 * How a call ended. `open` stands while it runs, `asked` for a call that was answered with a question to the person, and
 * `unknown` for one of which nobody can prove whether it happened.
 */
export const outcomes = ["open", "ok", "refused", "failed", "asked", "unknown"] as const;
export type Outcome = (typeof outcomes)[number];

/** The record of one call: who, through what, which tool, what was asked, how it ended. */
export interface Receipt {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly grantId: string | null;
  readonly channel: Channel;
  readonly tool: string;
  readonly effect: Effect;
  /** SHA-256 of the canonical arguments (RFC 8785) without what is secret or personal, base64url. */
  readonly argsDigest: string;
  readonly outcome: Outcome;
  /** The error code of a call that did not succeed. */
  readonly code: string | null;
  readonly startedAt: Date;
  readonly latencyMs: number;
  readonly requestId: string;
  /** The wallet that the call was about, where its tool says which argument that is. */
  readonly wallet?: string;
  /** True for a call whose outcome was unknown until evidence was found. */
  readonly doubted?: boolean;
  /** The arguments without what is secret or personal. Lists of receipts leave it out. */
  readonly asked?: KeptText;
  /** The answer without what is secret or personal; absent while there is none, and from lists. */
  readonly answered?: KeptText;
}
