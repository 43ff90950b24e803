import type { Channel } from "../kernel/principal.ts";

/** What an attempt to link goes through, in order. */
export const linkSteps = [
  "discovery",
  "registration",
  "authorize",
  "sign_in",
  "consent",
  "token",
  "first_call",
] as const;
export type LinkStep = (typeof linkSteps)[number];

/** What happened at one step; what happened the same way again is counted. */
export interface StepEntry {
  readonly step: LinkStep;
  readonly outcome: "ok" | "failed";
  /** The error code; null when it went well. */
  readonly code: string | null;
  /** What went wrong, in a sentence of ours. */
  readonly reason: string | null;
  /** What mends it. */
  readonly fix: string | null;
  readonly count: number;
  /** ISO 8601, of the last time. */
  readonly at: string;
  /** Of the last time; null where it is not known. */
  readonly requestId: string | null;
}

/** How far an attempt came: `working` once a call came in. */
export type AttemptState = "open" | "failed" | "linked" | "working";

/**
 * One attempt to link, from discovery to the first call. It holds no token, no code, no query and no address: where a
 * request came from is kept only as a keyed hash, which tells whether two came from the same place and nothing else.
 */
export interface LinkAttempt {
  readonly id: string;
  /** Of the authorization request that it became. */
  readonly requestId: string | null;
  readonly grantId: string | null;
  readonly userId: string | null;
  readonly clientId: string | null;
  /** The client's own word for itself, cleaned. */
  readonly clientName: string | null;
  readonly channel: Channel | null;
  /** Where the answer goes, without its query. */
  readonly redirect: string | null;
  /** Where the client's own requests came from. */
  readonly machine: string | null;
  /** Where the browser's requests came from. */
  readonly browser: string | null;
  readonly state: AttemptState;
  readonly steps: readonly StepEntry[];
  /** Further attempts from the same place that have no row of their own. */
  readonly folded: number;
  readonly startedAt: Date;
  readonly lastAt: Date;
}

/** What happened, as it is joined to an attempt. */
export interface PlacedNote extends Partial<
  Pick<LinkAttempt, "grantId" | "userId" | "clientId" | "clientName" | "channel" | "redirect" | "machine" | "browser">
> {
  /** Of the authorization request, once there is one. */
  readonly attemptId?: string;
  readonly entry: StepEntry;
}

/** Steps that the client's own machine takes; the others but the first call are the browser's. */
const machineSteps: ReadonlySet<LinkStep> = new Set(["discovery", "registration", "token"]);

export const isMachineStep = (step: LinkStep): boolean => machineSteps.has(step);
