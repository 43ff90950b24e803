import type { JsonObject } from "../kernel/json.ts";
import type { AttemptState, LinkAttempt, LinkStep } from "./link-attempt.ts";

/** A step of an attempt as people see it. */
export interface AttemptStepView extends JsonObject {
  readonly step: LinkStep;
  readonly outcome: "ok" | "failed";
  readonly code: string | null;
  readonly reason: string | null;
  readonly fix: string | null;
  /** How often it happened this way. */
  readonly count: number;
  readonly at: string;
  readonly requestId: string | null;
}

/** An attempt to link as people see it: nothing of where its requests came from. Times are ISO 8601. */
export interface AttemptView extends JsonObject {
  readonly id: string;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly channel: string | null;
  readonly redirect: string | null;
  readonly grantId: string | null;
  readonly state: AttemptState;
  readonly steps: readonly AttemptStepView[];
  readonly folded: number;
  readonly startedAt: string;
  readonly lastAt: string;
}

export const attemptView = (attempt: LinkAttempt): AttemptView => ({
  id: attempt.id,
  clientId: attempt.clientId,
  clientName: attempt.clientName,
  channel: attempt.channel,
  redirect: attempt.redirect,
  grantId: attempt.grantId,
  state: attempt.state,
  steps: attempt.steps.map(({ step, outcome, code, reason, fix, count, at, requestId }) => ({
    step,
    outcome,
    code,
    reason,
    fix,
    count,
    at,
    requestId,
  })),
  folded: attempt.folded,
  startedAt: attempt.startedAt.toISOString(),
  lastAt: attempt.lastAt.toISOString(),
});
