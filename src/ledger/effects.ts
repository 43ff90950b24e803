import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError, type ErrorCode, errorTable } from "../kernel/errors.ts";
import type { JobEnd, Jobs } from "../kernel/ports/jobs.ts";
import type { Closing, Ledger, Opening, Operation, OperationState } from "../kernel/ports/ledger.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { draftOf } from "../kernel/receipt-draft.ts";
import type { Sealer } from "../kernel/seal.ts";
import { createAsking, type AskingParts } from "./asking.ts";
import { expireQuestion, timeIsOver } from "./expiry.ts";
import { closedMeanwhile } from "./receipt-closer.ts";
import type { ReceiptLedger } from "./ledger.ts";
import { standsAsAsked } from "./question-digest.ts";
import { findApproval, touchApproval, useApproval, voidApproval } from "./records/approvals.ts";
import {
  findByKey,
  findOperation,
  giveJob,
  insertOperation,
  lockOperation,
  openOperation,
  type OperationRow,
  endOperation,
  type OperationEnd,
} from "./records/operations.ts";
import { lockReceipt, selectWhole } from "./records/receipts.ts";
import type { Spending } from "./spending.ts";
import { answerOf, argsMac, errorOf, operationOf, proposalOf, sealAnswer, storedFacts } from "./stored-operation.ts";

/** What the ledger of effects is built from. */
export interface EffectsParts extends AskingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly receipts: ReceiptLedger;
  readonly sealer: Sealer;
  readonly jobs: Jobs<Handle>;
  readonly spending: Pick<Spending, "reserve" | "settle" | "policyVersion"> & AskingParts["spending"];
  /** Told of what went wrong where nobody waits. */
  readonly report: (error: unknown) => void;
}

/** Longer than any call without a job may take: one that is open for this long belongs to a process that died. */
export const DEAD_AFTER_SECONDS = 60;

const running = (): AppError =>
  new AppError("operation_running", "The call with this operation id is still under way.");

const used = (): AppError =>
  new AppError("approval_void", "The decision was used up, or what it was bound to has changed, so nothing was run.");

/** Whether the same call may be sent again: what failed passes by itself, or once the person has proven to be there. */
const mayPass = (code: ErrorCode): boolean => errorTable[code].retryable || code === "fresh_sign_in_required";

/** How an operation that has ended is written down. */
function operationEndOf(parts: Pick<EffectsParts, "sealer" | "clock">, closing: Closing): OperationEnd {
  const { answer, error, receipt } = closing;
  const now = parts.clock();
  if (answer) {
    const answerSealed = sealAnswer(parts.sealer, answer, receipt.id);
    return { state: "done", code: null, message: null, next: null, answerSealed, freesKey: false, now };
  }
  const { code, message, next } = error ?? closedMeanwhile();
  const state = code === "outcome_unknown" ? "unknown" : "failed";
  return { state, code, message, next, answerSealed: null, freesKey: mayPass(code), now };
}

const jobEndOf = ({ answer, error }: Closing): JobEnd =>
  answer ? { status: "completed", files: answer.files ?? [] } : { status: "failed", error: error ?? closedMeanwhile() };

/**
 * Ends what belongs to a call, in its transaction. Rows are always locked in the same order: receipt, operation, approval,
 * reservation, job; the chain comes last.
 * @throws AppError `interrupted` when it was ended before: nothing may then be committed.
 */
async function endIn(
  parts: EffectsParts,
  handle: Handle,
  closing: Closing,
  end: JobEnd = jobEndOf(closing),
): Promise<Receipt> {
  const { receipt, lease } = closing;
  const standing = await lockReceipt(handle, receipt.id);
  const state = await lockOperation(handle, receipt.id);
  if (state !== null) {
    const operationEnd = operationEndOf(parts, closing);
    if (!(await endOperation(handle, receipt.id, operationEnd))) throw closedMeanwhile();
    await touchApproval(handle, receipt.id);
    if (operationEnd.state !== "unknown") {
      await parts.spending.settle(handle, receipt.id, closing.answer ? "spent" : "released", operationEnd.now);
    }
    if (lease !== undefined && !(await parts.jobs.end(handle, receipt.id, lease, end))) throw closedMeanwhile();
  }
  return standing?.outcome === "unknown" && receipt.outcome !== "unknown"
    ? { ...receipt, latencyMs: standing.latencyMs, doubted: true }
    : receipt;
}

/** Stores or takes up the operation of a call that begins, and all that it needs. */
async function beginIn(parts: EffectsParts, handle: Handle, opening: Opening): Promise<void> {
  const { operation, stored = false, approval = false, receipt, spend, job } = opening;
  const now = parts.clock();
  const queued = job?.status === "queued";
  if (operation && stored) {
    if (!(await openOperation(handle, operation.id, false, now))) throw running();
  } else if (operation) {
    const state = queued ? "queued" : "open";
    const facts = storedFacts(parts.sealer, operation, receipt.effect);
    if (!(await insertOperation(handle, { ...facts, state, hasJob: job !== undefined, now }))) throw running();
  }
  if (approval) {
    const row = await findApproval(handle, receipt.userId, receipt.id);
    if (!operation || !row || !standsAsAsked(parts.sealer, operation, row)) throw used();
    const version = await parts.spending.policyVersion(handle, receipt.userId);
    if (!(await useApproval(handle, receipt.id, version, now))) throw used();
  }
  if (spend) await parts.spending.reserve(handle, { id: receipt.id, userId: receipt.userId, spend, now });
  if (job) await parts.jobs.add(handle, job);
}

/** Opens a call that is more than a receipt. */
const open = (parts: EffectsParts, opening: Opening): Promise<void> =>
  parts.receipts.writing(opening.receipt.userId, async (handle, write) => {
    // What waited for a worker has its receipt already.
    const standing = opening.stored ? await lockReceipt(handle, opening.receipt.id) : null;
    if (standing !== null && standing.outcome !== "open") throw closedMeanwhile();
    await beginIn(parts, handle, opening);
    if (standing === null) await write(opening.receipt);
  });

/** A job that somebody ended in the meantime has left the receipt of its run open. */
async function closeLeftOpen(parts: EffectsParts, receipt: Receipt): Promise<void> {
  const row = await findOperation(parts.database.handle, receipt.id);
  if (row?.state === "failed") await parts.receipts.abandon({ ...receipt, outcome: "refused", code: row.code });
}

async function abandon(parts: EffectsParts, closing: Closing): Promise<void> {
  const { receipt, operation, error = closedMeanwhile() } = closing;
  if (!operation) {
    await parts.receipts.abandon(receipt);
    return;
  }
  const found = await selectWhole(parts.database.handle, [receipt.id]);
  if (found.has(receipt.id)) {
    const closed = await parts.receipts.abandon(receipt, (handle) => endIn(parts, handle, closing));
    if (!closed) await closeLeftOpen(parts, receipt);
    return;
  }
  await parts.receipts.writing(receipt.userId, async (handle, write) => {
    const ended = await endIn(parts, handle, closing);
    const { code, message, next } = error;
    await voidApproval(handle, receipt.id, { code, message, next });
    await write(ended);
  });
}

async function doubt(parts: EffectsParts, closing: Closing, later: boolean): Promise<void> {
  const error = closing.error ?? new AppError("outcome_unknown", "Nobody can prove yet whether it happened.");
  const end: JobEnd = { status: later ? "queued" : "failed", error };
  const { receipt } = closing;
  // Nobody looks into it any more: it counts as spent, and leaves the person's limits with their hours.
  const settleSpend = async (handle: Handle): Promise<void> => {
    if (!later) await parts.spending.settle(handle, receipt.id, "spent", parts.clock());
  };
  const found = (await selectWhole(parts.database.handle, [receipt.id])).get(receipt.id);
  if (found?.receipt.outcome !== "unknown") {
    await parts.receipts.abandon(receipt, async (handle) => {
      const ended = await endIn(parts, handle, { ...closing, error }, end);
      await settleSpend(handle);
      return ended;
    });
    return;
  }
  // It was written down before; only its job goes on, or ends.
  const { lease } = closing;
  if (lease === undefined) return;
  await parts.database.transaction(async (handle) => {
    await lockOperation(handle, receipt.id);
    await touchApproval(handle, receipt.id);
    if (await parts.jobs.end(handle, receipt.id, lease, end)) await settleSpend(handle);
  });
}

/** The same call sent again may be run where the one before died with its process and had changed nothing. */
async function isDead(parts: EffectsParts, row: OperationRow): Promise<boolean> {
  if (row.state !== "open" || row.hasJob || row.openedAt === null) return false;
  if (after(row.openedAt, DEAD_AFTER_SECONDS) > parts.clock()) return false;
  await closeDead(parts, row.id);
  return true;
}

/** Closes a call without a job that died with its process. */
export async function closeDead(parts: EffectsParts, id: string): Promise<void> {
  const found = (await selectWhole(parts.database.handle, [id])).get(id);
  const error = new AppError("interrupted", "The server stopped while the call ran; nothing was changed.");
  if (found) {
    const receipt: Receipt = { ...found.receipt, outcome: "failed", code: error.code };
    await abandon(parts, { receipt, operation: true, error });
  }
}

async function earlier(parts: EffectsParts, operation: Operation): Promise<OperationState | null> {
  const { key, principal } = operation;
  if (key === null) return null;
  const row = await findByKey(parts.database.handle, { userId: principal.userId, clientId: principal.clientId, key });
  if (row === null) return null;
  if (row.tool !== operation.tool || !argsMac(parts.sealer, operation).equals(Buffer.from(row.argsMac))) {
    throw new AppError("operation_mismatch", "This operation id stands for a call with other arguments.");
  }
  return (await isDead(parts, row)) ? null : stateOf(parts, row);
}

/** How the operation of a row stands. A question whose time is over is ended before anybody is told so. */
export async function stateOf(
  parts: Pick<EffectsParts, "database" | "sealer" | "clock">,
  row: OperationRow,
): Promise<OperationState> {
  const { id, state, hasJob } = row;
  const { database, sealer } = parts;
  const asked = state === "waiting" ? await findApproval(database.handle, row.userId, id) : null;
  const now = parts.clock();
  if (asked && asked.expiresAt <= now) {
    await database.transaction((handle) => expireQuestion(handle, id, now));
    const ended = await findOperation(database.handle, id);
    // Where somebody decided it meanwhile, that is how it stands.
    if (ended && ended.state !== "waiting") return stateOf(parts, ended);
    return { id, state: "failed", hasJob, question: null, answer: null, error: timeIsOver() };
  }
  return {
    id,
    state,
    hasJob,
    question: asked && {
      sentence: proposalOf(sealer, asked.proposalSealed, id).sentence,
      expiresAt: asked.expiresAt,
    },
    answer: answerOf(sealer, row),
    error: errorOf(row),
  };
}

async function adopt(
  parts: EffectsParts,
  { receipt, operation, job }: Parameters<Ledger<Handle>["adopt"]>[0],
): Promise<boolean> {
  return parts.receipts.writing(receipt.userId, async (handle, write) => {
    const standing = await lockReceipt(handle, receipt.id);
    if (standing !== null && standing.outcome !== "open") return false;
    const facts = storedFacts(parts.sealer, operation, receipt.effect);
    const isNew = await insertOperation(handle, { ...facts, state: "open", hasJob: true, now: receipt.startedAt });
    if (!isNew) await giveJob(handle, operation.id);
    await parts.jobs.add(handle, job);
    if (standing === null) await write(receipt);
    return true;
  });
}

/** Why a job ended that was not run, or whose run commits nothing. */
const unrun = {
  cancelled: () => new AppError("cancelled", "The job was cancelled, so nothing was changed."),
  expired: () => new AppError("job_expired", "No worker took the job in time, so nothing was run."),
} as const;

/** The ledger of the door, and what ends its calls from outside. */
export interface EffectsLedger extends Ledger<Handle> {
  /**
   * Ends the operation of a job that somebody ended, in the same transaction. Its receipt is closed, or written, as soon as that
   * has committed, or by the next sweep.
   */
  closeUnrun(handle: Handle, id: string, why: keyof typeof unrun, now: Date): Promise<void>;
}

async function closeUnrun(
  { spending }: EffectsParts,
  handle: Handle,
  id: string,
  { code, message, next }: AppError,
  now: Date,
): Promise<void> {
  await lockReceipt(handle, id);
  await lockOperation(handle, id);
  await endOperation(handle, id, { state: "failed", code, message, next, answerSealed: null, freesKey: true, now });
  await touchApproval(handle, id);
  await spending.settle(handle, id, "released", now);
}

/** Closes, or writes, the receipt of an operation that was ended by somebody else than its run. */
export async function closeReceiptOf(parts: EffectsParts, id: string): Promise<void> {
  const found = (await selectWhole(parts.database.handle, [id])).get(id);
  if (found) return closeLeftOpen(parts, found.receipt);
  const row = await findOperation(parts.database.handle, id);
  if (row?.state !== "failed") return;
  const { tool: name, input, principal, requestId } = operationOf(parts.sealer, row);
  const drafted = { id, name, input, principal, requestId, startedAt: row.createdAt };
  const receipt: Receipt = { ...draftOf(drafted, undefined), effect: row.effect, outcome: "refused", code: row.code };
  await parts.receipts.writing(row.userId, async (handle, write) => {
    if ((await lockReceipt(handle, id)) === null) await write(receipt);
  });
}

/** What is told of one operation: its call, how far it came, and what a person decides by. */
async function recall(parts: EffectsParts, id: string): ReturnType<EffectsLedger["operation"]> {
  const { handle } = parts.database;
  const row = await findOperation(handle, id);
  if (row === null) return null;
  const approval = await findApproval(handle, row.userId, id);
  const proposal = approval && proposalOf(parts.sealer, approval.proposalSealed, id);
  const receipt = (await selectWhole(handle, [id])).get(id)?.receipt ?? null;
  return {
    ...operationOf(parts.sealer, row),
    state: row.state,
    hasJob: row.hasJob,
    approval: approval !== null,
    receipt,
    ...(proposal?.spend ? { spend: proposal.spend } : {}),
  };
}

/** Builds the ledger that the door uses: receipts, and all that may belong to a call beside them. */
export function createEffects(parts: EffectsParts): EffectsLedger {
  const { database, receipts } = parts;
  /** Whose receipts wait to be closed; a sweep finds those that a crash forgets, or that were not committed yet. */
  const ended = new Set<string>();

  async function closeReceipts(): Promise<void> {
    const ids = [...ended];
    for (const id of ids) ended.delete(id);
    for (const id of ids) await closeReceiptOf(parts, id);
  }

  return {
    record: receipts.record,
    open: (opening) => (opening.operation ? open(parts, opening) : receipts.open(opening.receipt)),
    async close(work, closingOf) {
      const made: { closing?: Closing } = {};
      const result = await receipts.close(
        work,
        (done) => (made.closing = closingOf(done)).receipt,
        async (handle, receipt) => (made.closing?.operation ? endIn(parts, handle, made.closing) : receipt),
      );
      // The call is committed: nothing that fails from here on may be said of it.
      if (ended.size > 0) void closeReceipts().catch(parts.report);
      return result;
    },
    async closeUnrun(handle, id, why, now) {
      await closeUnrun(parts, handle, id, unrun[why](), now);
      ended.add(id);
    },
    abandon: (closing) => abandon(parts, closing),
    doubt: (closing, later) => doubt(parts, closing, later),
    async postpone({ receipt, lease, error = closedMeanwhile() }) {
      if (lease === undefined) return;
      const end: JobEnd = { status: "queued", error };
      const postponed = await database.transaction((handle) => parts.jobs.end(handle, receipt.id, lease, end));
      // Somebody ended the job meanwhile.
      if (!postponed) await closeLeftOpen(parts, receipt);
    },
    async endJob(id, lease) {
      const row = await findOperation(database.handle, id);
      const error = row && errorOf(row);
      const end: JobEnd = error ? { status: "failed", error } : { status: "completed", files: [] };
      await database.transaction((handle) => parts.jobs.end(handle, id, lease, end));
    },
    earlier: (operation) => earlier(parts, operation),
    ask: createAsking(parts),
    adopt: (adoption) => adopt(parts, adoption),
    operation: (id) => recall(parts, id),
  };
}
