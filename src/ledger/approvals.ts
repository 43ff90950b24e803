import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError, asAppError, errorTable } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { isUuid } from "../kernel/ids.ts";
import { type Json, keepAnything } from "../kernel/json.ts";
import type { Jobs, NewJob } from "../kernel/ports/jobs.ts";
import type { Operation } from "../kernel/ports/ledger.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { ended, undone } from "../kernel/receipt-draft.ts";
import type { Sealer } from "../kernel/seal.ts";
import { type Approval, approvalOf } from "./approval.ts";
import type { ReceiptLedger } from "./ledger.ts";
import {
  countWaiting,
  type DecidedBy,
  decideApproval,
  findApproval,
  lockApproval,
  selectApprovals,
  selectChangedApprovals,
  selectWaiting,
  voidApproval,
} from "./records/approvals.ts";
import { findOperation, queueOperation, settleOperation } from "./records/operations.ts";
import { argsOf, operationOf } from "./stored-operation.ts";

/** What decisions need. */
interface ApprovalsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly receipts: ReceiptLedger;
  readonly jobs: Pick<Jobs<Handle>, "add">;
  readonly spending: { policyVersion(handle: Handle, userId: string): Promise<number> };
  /** The job of an operation whose tool is known. @throws AppError `unknown_tool`. */
  readonly jobOf: (operation: Operation, now: Date) => NewJob;
  /** See the door's: the link may have ended since. */
  readonly readmit: (principal: Principal) => Promise<Principal>;
}

/** What the signed-in person says to one question, in our own page. */
export interface Decision {
  readonly principal: Principal;
  readonly requestId: string;
  readonly id: string;
  readonly decision: "approve" | "reject";
  /** Digest of what they were shown. */
  readonly digest: string;
  /**
   * Proof that they are there, where a usual click is not enough.
   * @throws AppError `fresh_sign_in_required`.
   */
  readonly prove: (digest: string) => Promise<DecidedBy>;
}

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

const notThere = (): AppError => new AppError("not_found", "There is no such question of yours.");

/** The receipt of a decision. Its tool has no entry in the registry: nothing else than our page can call it. */
function draft({ principal, requestId, id, decision, digest }: Decision, startedAt: Date): Receipt {
  const asked = keepAnything({ approvalId: id, decision, digest });
  return {
    id: uuidv7(startedAt),
    userId: principal.userId,
    clientId: principal.clientId,
    clientName: principal.clientName,
    grantId: principal.grantId,
    channel: principal.channel,
    tool: "decide_approval",
    effect: "write",
    argsDigest: asked.digest,
    asked,
    outcome: "open",
    code: null,
    startedAt,
    latencyMs: 0,
    requestId,
  };
}

/** Why a question cannot be decided any more; undefined while it can. */
function tooLate(approval: Approval): AppError | undefined {
  if (approval.status === "pending") return undefined;
  if (approval.status === "expired")
    return new AppError("approval_expired", "The time to decide is over, so nothing was run.");
  if (approval.status === "void") return approval.error ?? new AppError("approval_void", "It can no longer be run.");
  return new AppError("conflict", `It was decided already: ${approval.status}.`, {
    next: "Look at it again; each question is decided once.",
  });
}

/** Whether this error lasts: then what was asked can never run as it was asked. */
const lasts = ({ code }: AppError): boolean => !errorTable[code].retryable && code !== "paused";

const changedSinceAsked = (): AppError =>
  new AppError("approval_void", "Your limits have changed since this was asked, so it cannot be run as asked.");

/** Nothing of it can run any more, and everybody can see why. */
async function makeVoid(handle: Handle, id: string, error: AppError, now: Date): Promise<void> {
  const { code, message, next } = error;
  await voidApproval(handle, id, { code, message, next });
  const end = { state: "failed", code, message, next, answerSealed: null, freesKey: false, now } as const;
  await settleOperation(handle, id, end);
}

const rejection = (now: Date) =>
  ({
    state: "failed",
    code: "approval_rejected",
    message: "The person said no, so nothing was run.",
    next: errorTable.approval_rejected.next,
    answerSealed: null,
    freesKey: false,
    now,
  }) as const;

/** Builds what the person's page decides with. */
export function createApprovals(parts: ApprovalsParts): Approvals {
  const { database, clock, sealer, receipts } = parts;
  const { handle: outside } = database;

  async function find(userId: string, id: string): Promise<Approval> {
    const row = isUuid(id) ? await findApproval(outside, userId, id) : null;
    if (row === null) throw notThere();
    return approvalOf(sealer, row, clock());
  }

  /** Who asked must still be linked. What can never run again says so at once. */
  async function requireLive(approval: Approval): Promise<void> {
    const row = await findOperation(outside, approval.id);
    if (row === null) throw notThere();
    await parts.readmit(operationOf(sealer, row).principal).then(
      ({ paused }) => {
        if (paused) throw new AppError("paused", "You have paused everything, so nothing is approved until you resume.");
      },
      async (thrown: unknown) => {
        const error = asAppError(thrown);
        if (!lasts(error)) throw error;
        await database.transaction((handle) => makeVoid(handle, approval.id, error, clock()));
        throw new AppError("approval_void", `It can no longer be run: ${error.message}`, { cause: error });
      },
    );
  }

  /** @returns an error that is committed with its receipt. */
  async function approveIn(handle: Handle, { id, userId }: Approval, version: number): Promise<AppError | undefined> {
    const now = clock();
    if ((await parts.spending.policyVersion(handle, userId)) !== version) {
      const error = changedSinceAsked();
      await makeVoid(handle, id, error, now);
      return error;
    }
    const row = await findOperation(handle, id);
    if (row === null) throw notThere();
    await queueOperation(handle, id);
    await parts.jobs.add(handle, parts.jobOf(operationOf(sealer, row), now));
    return undefined;
  }

  async function decideIn(decision: Decision, receipt: Receipt, by: DecidedBy): Promise<AppError | undefined> {
    const { id, digest } = decision;
    const { userId } = decision.principal;
    return receipts.writing(userId, async (handle, write) => {
      const row = await lockApproval(handle, userId, id);
      if (row === null) throw notThere();
      const now = clock();
      const late = tooLate(approvalOf(sealer, row, now));
      if (late) throw late;
      if (row.digest !== digest) throw new AppError("conflict", "What you were shown is not what is stored.");
      const status = decision.decision === "approve" ? "approved" : "rejected";
      const error =
        status === "approved" ? await approveIn(handle, approvalOf(sealer, row, now), row.policyVersion) : undefined;
      if (!error) await decideApproval(handle, id, { status, by, now });
      if (status === "rejected") await settleOperation(handle, id, rejection(now));
      await write(error ? undone(receipt, now, error) : ended(receipt, now, "ok", null));
      return error;
    });
  }

  async function decided(decision: Decision, receipt: Receipt): Promise<void> {
    const approval = await find(decision.principal.userId, decision.id);
    const late = tooLate(approval);
    if (late) throw late;
    if (approval.digest !== decision.digest) throw new AppError("conflict", "What you were shown is not what is stored.");
    const approves = decision.decision === "approve";
    if (approves) await requireLive(approval);
    const by = approves && approval.strength === "fresh" ? await decision.prove(approval.digest) : "session";
    const error = await decideIn(decision, receipt, by);
    if (error) throw new RecordedError(error);
  }

  return {
    find,
    async argumentsOf(userId, id) {
      const row = isUuid(id) ? await findApproval(outside, userId, id) : null;
      if (row === null) throw notThere();
      return argsOf(sealer, row);
    },
    async page({ userId, waiting, limit, before }) {
      const now = clock();
      const rows = waiting
        ? await selectWaiting(outside, userId, now, limit + 1)
        : await selectApprovals(outside, { userId, limit: limit + 1, before });
      const shown = rows.slice(0, limit);
      return {
        approvals: shown.map((row) => approvalOf(sealer, row, now)),
        waiting: await countWaiting(outside, userId, now),
        next: !waiting && rows.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
      };
    },
    changedSince: async (userId, since, limit) =>
      (await selectChangedApprovals(outside, userId, since, limit)).map((row) => approvalOf(sealer, row, clock())),
    async decide(decision) {
      const receipt = draft(decision, clock());
      try {
        await decided(decision, receipt);
      } catch (thrown) {
        if (thrown instanceof RecordedError) throw thrown.reason;
        await receipts.record(undone(receipt, clock(), asAppError(thrown)));
        throw thrown;
      }
      return { approval: await find(decision.principal.userId, decision.id), receiptId: receipt.id };
    },
  };
}

/** An error whose receipt is written. */
class RecordedError extends Error {
  readonly reason: AppError;
  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
  }
}
