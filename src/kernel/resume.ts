import { type AdmitParts, type Admitted, createAdmit } from "./admit.ts";
import { AppError, asAppError, errorTable } from "./errors.ts";
import {
  failed,
  lookForEvidence,
  ClosedCall,
  UnclosedCall,
  type PerformParts,
  perform,
  PostponedCall,
  runLimit,
  closingOf,
  type Running,
  undoneOf,
} from "./perform.ts";
import type { JobRun } from "./ports/jobs.ts";
import type { Closing, StoredOperation } from "./ports/ledger.ts";
import type { Principal } from "./principal.ts";
import type { Receipt } from "./receipt.ts";
import { draftOf, undone } from "./receipt-draft.ts";
import type { BoundTool, ToolFacts } from "./tool.ts";

/**
 * Runs a stored operation for the job of the same id, once: what runs is what is stored. It ends the job in the transaction
 * that closes the call, or postpones it; when it rejects, the job's lease is left to run out.
 */
export type Resume = (id: string, run: JobRun) => Promise<void>;

/** What resuming needs of the door. */
export interface ResumeParts<Handle> extends PerformParts<Handle>, AdmitParts<Handle> {
  /**
   * The principal as it stands now: its link may have ended, its person may have paused everything.
   * @throws AppError as signing in with its bearer would.
   */
  readonly readmit: (principal: Principal) => Promise<Principal>;
  /**
   * Whether the person's tier and bundles hold the tool by now. The quota was asked when the call was made.
   * @throws AppError `upgrade_required`, `tool_not_allowed`.
   */
  readonly requireTool?: (tool: ToolFacts, principal: Principal, now: Date) => Promise<void>;
  readonly report: (error: AppError, requestId: string) => void;
}

/** A tool that may run, and for whom: with no more than their link holds by now. */
interface Readmitted<Handle> extends Admitted<Handle> {
  readonly principal: Principal;
}

/** A stored operation whose tool is there. */
interface Resumed<Handle> {
  readonly stored: StoredOperation;
  readonly running: Running<Handle>;
}

const hasBegun = ({ state }: StoredOperation): boolean => state === "open" || state === "unknown";
const hasEnded = ({ state }: StoredOperation): boolean => state === "done" || state === "failed";

function receiptOf<Handle>(stored: StoredOperation, tool: BoundTool<Handle> | undefined, now: Date): Receipt {
  const { id, tool: name, input, principal, requestId } = stored;
  return stored.receipt ?? draftOf({ id, name, input, principal, requestId, startedAt: now }, tool);
}

/** The run of a job, as a call on its way. */
function runningOf<Handle>(
  parts: ResumeParts<Handle>,
  { tool, prepared, principal }: Readmitted<Handle>,
  stored: StoredOperation,
  run: JobRun,
): Running<Handle> {
  const now = parts.clock();
  const receipt = receiptOf(stored, tool, now);
  return {
    tool,
    prepared,
    operation: stored,
    receipt: prepared.wallet === undefined ? receipt : { ...receipt, wallet: prepared.wallet },
    kept: true,
    run,
    adoption: undefined,
    isClosing: false,
    call: {
      principal,
      requestId: stored.requestId,
      receiptId: stored.id,
      now,
      signal: AbortSignal.any([run.signal, runLimit(parts)]),
      progress: run.progress,
    },
  };
}

const isInterrupted = ({ signal: { aborted, reason } }: JobRun): boolean =>
  aborted && reason instanceof AppError && reason.code === "interrupted";

const gone = (): AppError =>
  new AppError("interrupted", "The server stopped each time while the call ran; nothing was changed.");

const unknownHere = ({ tool }: StoredOperation): AppError =>
  new AppError("unavailable", `This process knows no tool named ${tool}; one of another version may.`);

/** Opens it where no earlier run did: uses up the person's decision, reserves what it may spend, writes the intent. */
async function begin<Handle>(parts: ResumeParts<Handle>, { stored, running }: Resumed<Handle>): Promise<void> {
  if (hasBegun(stored)) return;
  const { receipt } = running;
  const { approval, spend } = stored;
  await parts.ledger.open({ receipt, operation: stored, stored: true, approval, ...(spend ? { spend } : {}) });
}

/** What an earlier run began outside is not simply begun again. */
function runOn<Handle>(parts: ResumeParts<Handle>, { stored, running }: Resumed<Handle>, begun: boolean) {
  const { tool } = running;
  if (!begun || !tool.outside) return perform(parts, running);
  if (tool.idempotent && stored.state !== "unknown" && !running.run?.exhausted) return perform(parts, running);
  return lookForEvidence(parts, running, gone());
}

/** Writes down how a run ended that did not succeed. */
async function endFailed<Handle>(parts: ResumeParts<Handle>, running: Running<Handle>, thrown: unknown): Promise<void> {
  const end = thrown instanceof ClosedCall || thrown instanceof PostponedCall ? thrown : failed(running, thrown);
  // What nobody foresaw is for the log, and for the runner, who gives the job up in the end.
  if (end instanceof UnclosedCall && !(end.reason.cause instanceof AppError)) throw end.reason;
  if (end instanceof ClosedCall) return;
  if (end instanceof PostponedCall)
    return parts.ledger.postpone(closingOf(running, running.receipt, { error: end.reason }));
  if (end.code === "internal") parts.report(end, running.receipt.requestId);
  await parts.ledger.abandon(undoneOf(parts, running, end));
}

/** Builds what runs stored operations. */
export function createResume<Handle>(parts: ResumeParts<Handle>): Resume {
  const admit = createAdmit(parts);

  /** An effect outside that was begun goes on, whatever has changed since; all else is admitted anew. */
  async function admitAgain(stored: StoredOperation): Promise<Readmitted<Handle>> {
    const tool = admit.find(stored.tool);
    if (!tool) throw unknownHere(stored);
    if (hasBegun(stored) && tool.outside) {
      return { tool, prepared: tool.prepare(stored.input), principal: stored.principal };
    }
    const principal = await parts.readmit(stored.principal);
    const admitted = await admit(stored.tool, stored.input, principal);
    await parts.requireTool?.(admitted.tool, principal, parts.clock());
    return { ...admitted, principal };
  }

  /** Begun, and outside as far as anybody here can tell: nobody may say that nothing happened. */
  function mayHaveHappened(stored: StoredOperation): boolean {
    const tool = admit.find(stored.tool);
    return hasBegun(stored) && (tool === undefined || tool.outside === true);
  }

  /** It was not run. What may pass by itself is tried again; only what lasts ends it. */
  async function refuse(stored: StoredOperation, run: JobRun, thrown: unknown, now: Date): Promise<void> {
    const error = asAppError(thrown);
    if (error.code === "internal") parts.report(error, stored.requestId);
    const receipt = receiptOf(stored, admit.find(stored.tool), now);
    const closing = { receipt, operation: true, lease: run.lease, error };
    if (mayHaveHappened(stored)) return doubtful(closing, !run.last && !run.exhausted);
    if (errorTable[error.code].retryable && !run.last && !run.exhausted) return parts.ledger.postpone(closing);
    await parts.ledger.abandon({ ...closing, receipt: undone(receipt, parts.clock(), error) });
  }

  async function doubtful(closing: Closing, later: boolean): Promise<void> {
    const why = "It was begun, and nobody here can prove whether it happened.";
    const error = new AppError("outcome_unknown", why, { cause: closing.error });
    const receipt = undone(closing.receipt, parts.clock(), error);
    await parts.ledger.doubt({ ...closing, receipt, error }, later);
  }

  return async (id, run) => {
    const stored = await parts.ledger.operation(id);
    if (stored === null) return;
    if (hasEnded(stored)) return parts.ledger.endJob(id, run.lease);
    const now = parts.clock();
    let resumed: Resumed<Handle>;
    try {
      if (run.exhausted && !mayHaveHappened(stored)) throw gone();
      resumed = { stored, running: runningOf(parts, await admitAgain(stored), stored, run) };
      await begin(parts, resumed);
    } catch (thrown) {
      return refuse(stored, run, thrown, now);
    }
    await runOn(parts, resumed, hasBegun(stored)).catch((thrown: unknown) => {
      // The process stops: the job is given back as it was, whichever attempt this is.
      if (isInterrupted(run) && !resumed.running.tool.outside) throw thrown;
      return endFailed(parts, resumed.running, thrown);
    });
  };
}
