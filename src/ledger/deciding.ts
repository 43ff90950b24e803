import type { Database, Handle } from "../database/handle.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError, asAppError, errorTable } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { keepAnything } from "../kernel/json.ts";
import type { Jobs, NewJob } from "../kernel/ports/jobs.ts";
import type { Operation } from "../kernel/ports/ledger.ts";
import type { Principal, ProvenBy } from "../kernel/principal.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { ended, undone } from "../kernel/receipt-draft.ts";
import type { Sealer } from "../kernel/seal.ts";
import { CLICK_HOURS, type Strength, strengthOf, worthOf } from "../kernel/spend.ts";
import { type Approval, approvalOf } from "./approval.ts";
import { timeIsOver } from "./expiry.ts";
import type { ReceiptLedger } from "./ledger.ts";
import { standsAsAsked } from "./question-digest.ts";
import {
  type ApprovalRow,
  countClicks,
  type DecidedBy,
  decideApproval,
  lockApproval,
  lockQuestions,
  voidApproval,
} from "./records/approvals.ts";
import { findOperation, lockOperation, queueOperation, endOperation } from "./records/operations.ts";
import type { Spending } from "./spending.ts";
import { operationOf } from "./stored-operation.ts";

/** What decisions need. */
export interface DecidingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly receipts: ReceiptLedger;
  readonly jobs: Pick<Jobs<Handle>, "add">;
  readonly spending: Pick<Spending, "policyVersion" | "policyOf">;
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
  readonly prove: (digest: string) => Promise<ProvenBy>;
}

export const notThere = (): AppError => new AppError("not_found", "There is no such question of yours.");

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
  if (approval.status === "expired") return timeIsOver();
  if (approval.status === "void") return approval.error ?? new AppError("approval_void", "It can no longer be run.");
  return new AppError("conflict", `It was decided already: ${approval.status}.`, {
    next: "Look at it again; each question is decided once.",
  });
}

/** Whether this error lasts: then what was asked can never run as it was asked. */
const lasts = ({ code }: AppError): boolean => !errorTable[code].retryable && code !== "paused";

const changedSinceAsked = (): AppError =>
  new AppError("approval_void", "Your limits have changed since this was asked, so it cannot be run as asked.");

const changedUnderneath = (): AppError =>
  new AppError("approval_void", "What is stored is not what was asked any more, so it cannot be run.");

/** Nothing of it can run any more, and everybody can see why. */
async function makeVoid(handle: Handle, id: string, error: AppError, now: Date): Promise<void> {
  const { code, message, next } = error;
  await lockOperation(handle, id);
  await voidApproval(handle, id, { code, message, next });
  const end = { state: "failed", code, message, next, answerSealed: null, freesKey: false, now } as const;
  await endOperation(handle, id, end);
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

/** Who asked must still be linked, and nothing may be paused. What can never run again is void at once. */
async function requireLive(parts: DecidingParts, { id, userId }: Approval): Promise<void> {
  const { database, sealer, clock } = parts;
  const row = await findOperation(database.handle, id);
  if (row === null) throw notThere();
  const admitted = await parts.readmit(operationOf(sealer, row).principal).catch(asAppError);
  if (!(admitted instanceof AppError)) {
    if (!admitted.paused) return;
    if (admitted.paused === "person")
      throw new AppError("paused", "You have paused everything, so nothing is approved until you resume.");
    throw new AppError(
      "paused",
      "The operator of this server has paused you, so nothing is approved until they resume.",
      {
        next: "Ask whoever runs this server; you cannot lift it yourself.",
      },
    );
  }
  if (!lasts(admitted)) throw admitted;
  await database.transaction(async (handle) => {
    // Another decision may have won since: what it queued, or what runs by now, is not ended from here.
    const now = await lockApproval(handle, userId, id);
    if (now?.status === "pending") await makeVoid(handle, id, admitted, clock());
  });
  throw new AppError("approval_void", `It can no longer be run: ${admitted.message}`, { cause: admitted });
}

/** Why what is bound to the question no longer holds; undefined where it does. */
async function whyNot(
  { sealer, spending }: DecidingParts,
  handle: Handle,
  operation: Operation,
  row: ApprovalRow,
): Promise<AppError | undefined> {
  if (!standsAsAsked(sealer, operation, row)) return changedUnderneath();
  const version = await spending.policyVersion(handle, row.userId);
  return version === row.policyVersion ? undefined : changedSinceAsked();
}

/** Queues what was approved. @returns why it cannot be, which is committed with its receipt. */
async function approveIn(parts: DecidingParts, handle: Handle, row: ApprovalRow): Promise<AppError | undefined> {
  const now = parts.clock();
  const { id } = row;
  const found = await findOperation(handle, id);
  if (found === null) throw notThere();
  const operation = operationOf(parts.sealer, found);
  const error = await whyNot(parts, handle, operation, row);
  if (error) {
    await makeVoid(handle, id, error, now);
    return error;
  }
  await queueOperation(handle, id);
  await parts.jobs.add(handle, parts.jobOf(operation, now));
  return undefined;
}

/** Throws where it is too late, or where something else was shown than what is stored. */
function requireOpen(approval: Approval, { digest }: Decision): void {
  const late = tooLate(approval);
  if (late) throw late;
  if (approval.digest !== digest) throw new AppError("conflict", "What you were shown is not what is stored.");
}

/** How strong a person's next yes has to be: what they clicked lately counts for whatever they decide now. */
export async function strengthsFor(
  parts: Pick<DecidingParts, "spending" | "clock">,
  handle: Handle,
  userId: string,
): Promise<(approval: Pick<Approval, "strength" | "spend">) => Strength> {
  const clicks = await countClicks(handle, userId, after(parts.clock(), -CLICK_HOURS * 3600));
  const policy = await parts.spending.policyOf(handle, userId);
  return ({ strength, spend }) => strengthOf({ high: strength === "fresh", ...(spend && { spend }) }, policy, clicks);
}

/** The decision, what follows from it, and its receipt, in one transaction. `more`: a click is not enough, nothing was done. */
const decideIn = (
  parts: DecidingParts,
  decision: Decision,
  receipt: Receipt,
  by: DecidedBy,
): Promise<AppError | "more" | undefined> => {
  const { id, principal } = decision;
  const approves = decision.decision === "approve";
  return parts.receipts.writing(principal.userId, async (handle, write) => {
    // One yes after the other, so that of many small ones at once each counts those before it.
    if (approves) await lockQuestions(handle, principal.userId);
    const row = await lockApproval(handle, principal.userId, id);
    if (row === null) throw notThere();
    const now = parts.clock();
    const approval = approvalOf(parts.sealer, row, now);
    requireOpen(approval, decision);
    const strength = approves ? await strengthsFor(parts, handle, principal.userId) : () => "usual";
    if (by === "session" && strength(approval) === "fresh") return "more";
    const error = approves ? await approveIn(parts, handle, row) : undefined;
    const worth = approval.spend ? worthOf(approval.spend) : null;
    if (!error) await decideApproval(handle, id, { status: approves ? "approved" : "rejected", by, worth, now });
    if (!approves) await endOperation(handle, id, rejection(now));
    await write(error ? undone(receipt, now, error) : ended(receipt, now, "ok", null));
    return error;
  });
};

/**
 * Decides, once, and leaves a receipt however it ends.
 * @param find one of the person's approvals. @returns the receipt's id.
 */
export async function decide(
  parts: DecidingParts,
  decision: Decision,
  find: (userId: string, id: string) => Promise<Approval>,
): Promise<string> {
  const receipt = draft(decision, parts.clock());
  try {
    const approval = await find(decision.principal.userId, decision.id);
    requireOpen(approval, decision);
    if (decision.decision === "approve") await requireLive(parts, approval);
    // A click first; the proof is asked for outside the transaction that finds that it takes one.
    const clicked = await decideIn(parts, decision, receipt, "session");
    const error =
      clicked === "more" ? await decideIn(parts, decision, receipt, await decision.prove(approval.digest)) : clicked;
    if (error instanceof AppError) throw new RecordedError(error);
  } catch (thrown) {
    if (thrown instanceof RecordedError) throw thrown.reason;
    await parts.receipts.record(undone(receipt, parts.clock(), asAppError(thrown)));
    throw thrown;
  }
  return receipt.id;
}

/** An error whose receipt is written. */
class RecordedError extends Error {
  readonly reason: AppError;
  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
  }
}
