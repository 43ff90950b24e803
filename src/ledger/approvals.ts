import { isUuid } from "../kernel/ids.ts";
import type { Json } from "../kernel/json.ts";
import { type Approval, approvalOf } from "./approval.ts";
import { decide, type DecidingParts, type Decision, notThere, strengthsFor } from "./deciding.ts";
import {
  type ApprovalRow,
  countWaiting,
  findApproval,
  selectApprovals,
  selectChangedApprovals,
  selectWaiting,
} from "./records/approvals.ts";
import { argsOf } from "./stored-operation.ts";

/** A page of approvals. */
export interface ApprovalPage {
  readonly approvals: readonly Approval[];
  readonly waiting: number;
  readonly next: string | null;
}

/** What people are asked. Deciding is no tool: no model reaches it, whatever it sends. */
export interface Approvals {
  /** @throws AppError `not_found`. */
  find(userId: string, id: string): Promise<Approval>;
  /** The exact arguments that run. */
  argumentsOf(userId: string, id: string): Promise<Json>;
  page(query: { userId: string; waiting: boolean; limit: number; before?: string | undefined }): Promise<ApprovalPage>;
  /** Those that changed at this time of the database or later. */
  changedSince(userId: string, since: Date, limit: number): Promise<readonly Approval[]>;
  /**
   * Decides, once: of several decisions at once one wins. What was approved is queued in the same transaction.
   * @throws AppError `not_found`, `conflict`, `approval_expired`, `approval_void`, `fresh_sign_in_required`, `paused`.
   */
  decide(decision: Decision): Promise<{ readonly approval: Approval; readonly receiptId: string }>;
}

/** Builds what the person's page reads and decides with. */
export function createApprovals(parts: DecidingParts): Approvals {
  const { database, clock, sealer } = parts;
  const { handle } = database;

  async function row(userId: string, id: string): Promise<ApprovalRow> {
    const found = isUuid(id) ? await findApproval(handle, userId, id) : null;
    if (found === null) throw notThere();
    return found;
  }
  const stored = async (userId: string, id: string): Promise<Approval> =>
    approvalOf(sealer, await row(userId, id), clock());
  /** As strong as what waits has to be decided by now. */
  async function asOfNow(userId: string, approvals: readonly Approval[]): Promise<readonly Approval[]> {
    if (approvals.every(({ status }) => status !== "pending")) return approvals;
    const strength = await strengthsFor(parts, handle, userId);
    return approvals.map((one) => (one.status === "pending" ? { ...one, strength: strength(one) } : one));
  }
  async function find(userId: string, id: string): Promise<Approval> {
    const approval = await stored(userId, id);
    return (await asOfNow(userId, [approval]))[0] ?? approval;
  }

  return {
    find,
    argumentsOf: async (userId, id) => argsOf(sealer, await row(userId, id)),
    async page({ userId, waiting, limit, before }) {
      const now = clock();
      const rows = waiting
        ? await selectWaiting(handle, userId, now, limit + 1)
        : await selectApprovals(handle, { userId, limit: limit + 1, before });
      const shown = rows.slice(0, limit);
      return {
        approvals: await asOfNow(
          userId,
          shown.map((one) => approvalOf(sealer, one, now)),
        ),
        waiting: await countWaiting(handle, userId, now),
        next: !waiting && rows.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
      };
    },
    async changedSince(userId, since, limit) {
      const rows = await selectChangedApprovals(handle, userId, since, limit);
      return asOfNow(
        userId,
        rows.map((one) => approvalOf(sealer, one, clock())),
      );
    },
    async decide(decision) {
      const receiptId = await decide(parts, decision, stored);
      return { approval: await find(decision.principal.userId, decision.id), receiptId };
    },
  };
}
