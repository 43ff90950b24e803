import { AppError, asAppError, type ErrorCode, errorTable } from "./errors.ts";
import type { Json } from "./json.ts";
import type { JobRun } from "./ports/jobs.ts";
import type { Closing, Ledger, Operation } from "./ports/ledger.ts";
import { done, type ReceiptKeeping, undone } from "./receipt-draft.ts";
import type { Clock } from "./clock.ts";
import type { Receipt } from "./receipt.ts";
import type { BoundTool, Call, PreparedCall, ToolAnswer } from "./tool.ts";

/** What performing a call needs of the door. */
export interface PerformParts<Handle> {
  readonly ledger: Ledger<Handle>;
  /** A handle outside any transaction, for reads and for what lies outside. */
  readonly handle: Handle;
  readonly clock: Clock;
  /** Milliseconds that one run may take; a quarter of an hour where nothing is said. Then its worker is free for others. */
  readonly longestRunMs?: number;
  /** What a receipt keeps of a call; what every receipt keeps where nothing is said. */
  readonly keeping?: ReceiptKeeping;
}

const LONGEST_RUN_MS = 15 * 60_000;

/** Ends what takes longer than any run may. */
export const runLimit = ({ longestRunMs = LONGEST_RUN_MS }: Pick<PerformParts<unknown>, "longestRunMs">): AbortSignal =>
  AbortSignal.timeout(longestRunMs);

/** A call on its way: its tool found, its arguments parsed, its caller admitted. */
export interface Running<Handle> {
  readonly tool: BoundTool<Handle>;
  readonly prepared: PreparedCall<{ readonly handle: Handle }>;
  readonly call: Call;
  readonly receipt: Receipt;
  readonly operation: Operation;
  /** Whether the operation is stored, or is being stored: only then its outcome is kept. */
  kept: boolean;
  /** The run of the job that this is, where there is one. */
  run: JobRun | undefined;
  /** Settles when it is known whether the call became a job while it ran. */
  adoption: Promise<boolean> | undefined;
  /** True from the moment at which its end is being written: it can no longer become a job. */
  isClosing: boolean;
}

/** Why a call was stopped. */
export function stopped({ reason }: AbortSignal): AppError {
  if (reason instanceof AppError) return reason;
  const isLate = reason instanceof Error && reason.name === "TimeoutError";
  const why = isLate ? "It took too long" : "The caller left before the answer";
  return new AppError("timeout", `${why}, so the call was stopped.`, { cause: reason });
}

/** Rejects when the call is stopped. */
export function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(stopped(signal));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}

/**
 * Runs to its end and only then asks whether it is still wanted. Leaving earlier would let the transaction roll back
 * under a tool that goes on, and what the tool says next would be committed on its own.
 */
async function runWhole<Ports>(prepared: PreparedCall<Ports>, ctx: Call & Ports): Promise<ToolAnswer<Json>> {
  const answer = await prepared.run(ctx);
  if (ctx.signal.aborted) throw stopped(ctx.signal);
  return answer;
}

/** How the call's end is written down. */
export const closingOf = <Handle>(
  { kept, run }: Running<Handle>,
  receipt: Receipt,
  end: Pick<Closing, "answer" | "error">,
): Closing => ({ receipt, operation: kept, ...(run ? { lease: run.lease } : {}), ...end });

function doneOf<Handle>(parts: PerformParts<Handle>, running: Running<Handle>, answer: ToolAnswer<Json>): Closing {
  running.isClosing = true;
  const receipt = done(running.tool, running.receipt, parts.clock(), answer, parts.keeping);
  return closingOf(running, receipt, { answer });
}

export const undoneOf = <Handle>(parts: PerformParts<Handle>, running: Running<Handle>, error: AppError): Closing => {
  running.isClosing = true;
  return closingOf(running, undone(running.receipt, parts.clock(), error), { error });
};

/** A read leaves one receipt, after it; one with an operation closes what was opened. */
async function read<Handle>(parts: PerformParts<Handle>, running: Running<Handle>): Promise<ToolAnswer<Json>> {
  const { prepared, call } = running;
  const answer = await orAborted(call.signal, prepared.run({ ...call, handle: parts.handle }));
  if (running.adoption) await running.adoption;
  const closing = doneOf(parts, running, answer);
  if (running.kept)
    await parts.ledger.close(
      async () => answer,
      () => closing,
    );
  else await parts.ledger.record(closing.receipt);
  return answer;
}

/** A change to our own tables runs inside the transaction that closes its receipt. */
const change = <Handle>(parts: PerformParts<Handle>, running: Running<Handle>): Promise<ToolAnswer<Json>> =>
  parts.ledger.close(
    (handle) => runWhole(running.prepared, { ...running.call, handle }),
    (answer) => doneOf(parts, running, answer),
  );

/** Codes with which a tool cannot prove that nothing happened outside: what answers too much has done something, too. */
const ambiguous: ReadonlySet<ErrorCode> = new Set([
  "result_too_large",
  "outcome_unknown",
  "timeout",
  "unavailable",
  "interrupted",
  "internal",
]);

const isTooLarge = (error: unknown): boolean => error instanceof AppError && error.code === "result_too_large";

const inDoubt = (cause: unknown): AppError =>
  new AppError(
    "outcome_unknown",
    isTooLarge(cause)
      ? "It was run, and what it answered was too large to be kept."
      : "It was begun, and nobody can prove yet whether it happened.",
    { cause },
  );

const unknown = { found: "unknown" } as const;

/** An effect outside whose run was cut short, or whose tool cannot say how it ended. */
export async function lookForEvidence<Handle>(
  parts: PerformParts<Handle>,
  running: Running<Handle>,
  cause: unknown,
): Promise<ToolAnswer<Json>> {
  const { tool, prepared, call, run } = running;
  const signal = runLimit(parts);
  const looking = prepared.reconcile?.({ ...call, signal, handle: parts.handle });
  const evidence = looking ? await orAborted(signal, looking).catch(() => unknown) : unknown;
  if (evidence.found === "done") return closeOutside(parts, running, evidence.answer);
  if (evidence.found === "not_done") throw evidence.error;
  return doubt(parts, running, cause, tool.reconciles && run?.last === false);
}

/** Writes down that nobody can say how it ended. @param again whether evidence is looked for later. */
async function doubt<Handle>(
  parts: PerformParts<Handle>,
  running: Running<Handle>,
  cause: unknown,
  again: boolean,
): Promise<never> {
  const error = inDoubt(cause);
  await parts.ledger.doubt(undoneOf(parts, running, error), again);
  throw new ClosedCall(error);
}

/**
 * It happened. Where that cannot be written down, because the database is gone or another process has taken the job, nothing
 * is taken back: the job's next run finds out. What its receipt cannot hold will not fit later either.
 */
async function closeOutside<Handle>(
  parts: PerformParts<Handle>,
  running: Running<Handle>,
  answer: ToolAnswer<Json>,
): Promise<ToolAnswer<Json>> {
  const closing = closable(() => doneOf(parts, running, answer));
  if ("tooLarge" in closing) return doubt(parts, running, closing.tooLarge, false);
  return parts.ledger
    .close(
      async () => answer,
      () => closing,
    )
    .catch((cause: unknown) => {
      throw new UnclosedCall(inDoubt(cause));
    });
}

/** How it is written down, or that it cannot be. */
function closable(make: () => Closing): Closing | { readonly tooLarge: unknown } {
  try {
    return make();
  } catch (error) {
    if (isTooLarge(error)) return { tooLarge: error };
    throw error;
  }
}

/** An effect outside runs between the two transactions of its receipt. */
async function reachOut<Handle>(parts: PerformParts<Handle>, running: Running<Handle>): Promise<ToolAnswer<Json>> {
  const { prepared, call, tool, run } = running;
  // A process that stood still since it opened the call may find that another has judged it by now.
  if (run && !run.stands()) throw new ClosedCall(inDoubt(stopped(call.signal)));
  // One that never answers is left alone, and looked for: its worker is not its prisoner.
  const outcome = await orAborted(runLimit(parts), prepared.run({ ...call, handle: parts.handle })).then(
    (answer) => ({ answer }),
    (thrown: unknown) => ({ thrown }),
  );
  if ("answer" in outcome) return closeOutside(parts, running, outcome.answer);
  const error = asAppError(outcome.thrown);
  if (!ambiguous.has(error.code)) throw error;
  // What answered too much was done: again, it would be too much again.
  if (tool.idempotent && run && !run.last && !isTooLarge(error)) throw new PostponedCall(error);
  return lookForEvidence(parts, running, outcome.thrown);
}

/**
 * What a failed run comes to. A job whose work leaves nothing behind is run again where the error may pass by itself.
 */
export function failed<Handle>({ tool, run }: Running<Handle>, thrown: unknown): AppError | PostponedCall {
  const error = asAppError(thrown);
  const again = run !== undefined && !run.last && !tool.outside && errorTable[error.code].retryable;
  return again ? new PostponedCall(error) : error;
}

/** Runs a call that was opened, and closes it. */
export function perform<Handle>(parts: PerformParts<Handle>, running: Running<Handle>): Promise<ToolAnswer<Json>> {
  if (running.tool.effect === "read") return read(parts, running);
  return running.tool.outside ? reachOut(parts, running) : change(parts, running);
}

/** A call whose receipt is closed already, as it ended. */
export class ClosedCall extends Error {
  readonly reason: AppError;
  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
  }
}

/** A call whose end was not written down: for its caller it is in doubt, and its job is left to its lease. */
export class UnclosedCall extends ClosedCall {}

/** A run that is to be tried again. */
export class PostponedCall extends Error {
  readonly reason: AppError;
  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
  }
}
