import type { AppError } from "../kernel/errors.ts";
import type { Bound } from "../kernel/proposal.ts";
import type { Channel } from "../kernel/principal.ts";
import type { Sealer } from "../kernel/seal.ts";
import type { Spend, Strength } from "../kernel/spend.ts";
import type { Effect } from "../kernel/tool.ts";
import type { ApprovalRow, ApprovalStatus } from "./records/approvals.ts";
import { errorOf, proposalOf } from "./stored-operation.ts";

/** What a person is asked, as they are shown it. */
export interface Approval {
  readonly id: string;
  readonly userId: string;
  readonly tool: string;
  readonly effect: Effect;
  readonly clientId: string;
  readonly clientName: string;
  readonly channel: Channel;
  readonly sentence: string;
  readonly bounds: readonly Bound[];
  /** How strong its own terms make it; what was clicked before may make it stronger. */
  readonly strength: Strength;
  /** What leaves the person's hands at most. */
  readonly spend?: Spend;
  /** Of all that is shown and that runs. */
  readonly digest: string;
  readonly status: ApprovalStatus;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly changedAt: Date;
  /** How what was approved stands; null before. */
  readonly run: "queued" | "running" | "completed" | "failed" | "cancelled" | "unknown" | null;
  readonly error: AppError | null;
}

const runs: Readonly<Record<string, Approval["run"]>> = {
  queued: "queued",
  open: "running",
  done: "completed",
  failed: "failed",
  unknown: "unknown",
};

/** What came of what was approved. A rejection ends the operation too, but nothing of it ever ran. */
function runOf({ status, state, resultCode }: ApprovalRow): Approval["run"] {
  if (status !== "approved") return null;
  return resultCode === "cancelled" ? "cancelled" : (runs[state] ?? null);
}

function reasonOf(row: ApprovalRow): AppError | null {
  if (row.status === "void") return errorOf(row);
  if (row.status !== "approved") return null;
  return errorOf({ code: row.resultCode, message: row.resultMessage, next: row.resultNext });
}

/** The approval of a row, at a time: what nobody decided in time has expired, also before a sweep says so. */
export function approvalOf(sealer: Sealer, row: ApprovalRow, now: Date): Approval {
  const { sentence, bounds, high, spend } = proposalOf(sealer, row.proposalSealed, row.id);
  return {
    id: row.id,
    userId: row.userId,
    tool: row.tool,
    effect: row.effect,
    clientId: row.clientId,
    clientName: row.clientName,
    channel: row.channel,
    sentence,
    bounds,
    // What the tool asked for is sealed; the column may only make it stronger.
    strength: high ? "fresh" : row.strength,
    ...(spend && { spend }),
    digest: row.digest,
    status: row.status === "pending" && row.expiresAt <= now ? "expired" : row.status,
    askedAt: row.askedAt,
    expiresAt: row.expiresAt,
    decidedAt: row.decidedAt,
    changedAt: row.changedAt,
    run: runOf(row),
    error: reasonOf(row),
  };
}
