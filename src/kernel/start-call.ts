import type { Admitted } from "./admit.ts";
import type { AnswerLater, LaterParts } from "./answer-later.ts";
import { AppError, asAppError } from "./errors.ts";
import type { CallRequest, CallResult } from "./call.ts";
import { type Running, stopped } from "./perform.ts";
import type { HeldRun } from "./ports/jobs.ts";
import type { Operation } from "./ports/ledger.ts";
import type { Receipt } from "./receipt.ts";

/** A call that is about to run, and who waits for it. */
interface Starting<Handle> extends Admitted<Handle> {
  readonly operation: Operation;
  readonly receipt: Receipt;
  readonly request: CallRequest;
}

/** What starting a call needs of the door. */
interface StartParts<Handle> extends LaterParts<Handle>, AnswerLater<Handle> {
  /** Told of what went wrong where the call itself says something else. */
  readonly report: (error: AppError, requestId: string) => void;
}

const late = (): AppError =>
  new AppError("timeout", "The answer took too long and could not become a job, so the call was stopped.");

/** Ends what a caller waits for, until nobody waits any more. */
function callerOf(request: CallRequest) {
  const control = new AbortController();
  const leave = (): void => control.abort(request.signal?.reason);
  request.signal?.addEventListener("abort", leave, { once: true });
  if (request.signal?.aborted) leave();
  return {
    signal: control.signal,
    stop: (reason: AppError): void => control.abort(reason),
    /** What goes on by itself does not end because its caller leaves. */
    detach: (): void => request.signal?.removeEventListener("abort", leave),
  };
}

/** Settles with `late` when the time is over before the work. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | "late"> {
  const { promise, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs a call under the deadline. An effect outside is a job from the start, hidden as long as its caller waits; anything
 * else becomes one when the time is over, and goes on.
 * @param work runs the call to its end.
 */
export async function startCall<Handle>(
  parts: StartParts<Handle>,
  { tool, prepared, operation, receipt, request }: Starting<Handle>,
  work: (running: Running<Handle>) => Promise<CallResult>,
): Promise<CallResult> {
  const caller = callerOf(request);
  let held: HeldRun | undefined = tool.outside ? parts.jobs.hold(receipt.id) : undefined;
  // What happens outside is not undone by leaving.
  if (held) caller.detach();
  const running: Running<Handle> = {
    tool,
    prepared,
    receipt,
    operation,
    kept: held !== undefined || operation.key !== null,
    run: held,
    adoption: undefined,
    isClosing: false,
    call: {
      principal: operation.principal,
      requestId: operation.requestId,
      receiptId: receipt.id,
      now: receipt.startedAt,
      signal: held?.signal ?? caller.signal,
      progress: (step) => held?.progress(step),
    },
  };

  const release = (): void => {
    held?.release();
    caller.detach();
  };
  const whole = work(running).finally(release);
  const first = await within(parts.deadlineMs, whole);
  if (first !== "late") return first;

  const pending: CallResult = { ok: true, answer: parts.pendingJob(tool, receipt.id), receiptId: receipt.id };
  if (tool.outside) {
    // Shown or not, it goes on.
    await parts.jobs.show(receipt.id).catch((error: unknown) => parts.report(asAppError(error), operation.requestId));
    return quietly(whole, pending);
  }
  if (running.isClosing) return whole;
  held = adoptInto(parts, running, caller.stop);
  caller.detach();
  const adopted = running.adoption ?? Promise.resolve(false);
  const either = await Promise.race([whole, adopted]);
  if (typeof either !== "boolean") return either;
  if (either) return quietly(whole, pending);
  if (!running.isClosing) caller.stop(late());
  return whole;
}

/** The work goes on; nobody waits for how it ends, and what it could not close its job's next run does. */
function quietly(whole: Promise<CallResult>, pending: CallResult): CallResult {
  whole.catch(() => undefined);
  return pending;
}

/** The call becomes a job of this process. A cancel stops its work. */
function adoptInto<Handle>(
  parts: StartParts<Handle>,
  running: Running<Handle>,
  stop: (reason: AppError) => void,
): HeldRun {
  const { tool, operation, receipt } = running;
  const held = parts.jobs.hold(receipt.id);
  held.signal.addEventListener("abort", () => stop(stopped(held.signal)), { once: true });
  const wasKept = running.kept;
  running.kept = true;
  running.run = held;
  const job = parts.jobOf(tool, operation, "running", receipt.startedAt);
  // Without a job there is nothing that could be tried again later, and no lease to end it with.
  const alone = (): false => {
    running.kept = wasKept;
    running.run = undefined;
    return false;
  };
  running.adoption = parts.ledger.adopt({ receipt, operation, job }).then(
    (adopted) => adopted || alone(),
    async (thrown: unknown) => {
      parts.report(asAppError(thrown), operation.requestId);
      // It may have been committed, and only the answer lost.
      const stored = await parts.ledger.operation(receipt.id).catch(() => null);
      return stored?.hasJob === true || alone();
    },
  );
  return held;
}
