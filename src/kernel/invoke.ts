import { type AdmitParts, type Admitted, createAdmit } from "./admit.ts";
import { type AnswerLater, createAnswerLater, type LaterParts } from "./answer-later.ts";
import type { CallRequest, CallResult, Invoke } from "./call.ts";
import type { Entitlement } from "./entitlement.ts";
import { AppError, asAppError } from "./errors.ts";
import { uuidv7 } from "./ids.ts";
import {
  ClosedCall,
  closingOf,
  failed,
  type PerformParts,
  perform,
  PostponedCall,
  type Running,
  undoneOf,
} from "./perform.ts";
import { operationIdOf } from "./operation-id.ts";
import type { Operation, OperationState } from "./ports/ledger.ts";
import type { CallLimits } from "./ports/limits.ts";
import type { Principal } from "./principal.ts";
import type { Receipt } from "./receipt.ts";
import { draftOf, ended, undone } from "./receipt-draft.ts";
import { startCall } from "./start-call.ts";

/** What the door is made of. */
export interface InvokeParts<Handle> extends PerformParts<Handle>, AdmitParts<Handle>, LaterParts<Handle> {
  /** How many calls a person may make. Where it is absent, as many as they like. */
  readonly limits?: CallLimits;
  /** What a person has bought at a time. Where it is absent, everybody has every tool, and what everybody may call in a minute. */
  readonly entitlementOf?: (userId: string, now: Date) => Promise<Entitlement>;
  /** An answer always comes within this many milliseconds: what takes longer goes on as a job. */
  readonly deadlineMs: number;
  /** Told of every error that was not foreseen; the cause goes to the log and nowhere else. */
  readonly report: (error: AppError, requestId: string) => void;
}

/** The door from inside. */
type Door<Handle> = InvokeParts<Handle> & AnswerLater<Handle>;

/**
 * Whose calls are counted together: all of a person's assistants, and apart from them the person's own browser, so that
 * no assistant can keep them from ending its link. A call that is refused counts too: its receipt costs as much.
 */
const countedAs = ({ userId, channel }: Principal): string => (channel === "web" ? `${userId} web` : userId);

const operationOf = <Handle>(request: CallRequest, { tool, prepared }: Admitted<Handle>, id: string): Operation => ({
  id,
  tool: tool.name,
  input: prepared.input,
  principal: request.principal,
  requestId: request.requestId,
  key: operationIdOf(request.operationId ?? {}) ?? null,
});

/** Writes the receipt of a call that was refused or failed before it opened one, and tells the log what was not foreseen. */
async function refuse<Handle>(parts: Door<Handle>, thrown: unknown, receipt: Receipt): Promise<CallResult> {
  const error = thrown instanceof ClosedCall ? thrown.reason : asAppError(thrown);
  if (error.code === "internal") parts.report(error, receipt.requestId);
  if (!(thrown instanceof ClosedCall)) await parts.ledger.record(undone(receipt, parts.clock(), error));
  return { ok: false, error, receiptId: receipt.id };
}

/** Opens the call where it changes something or has an operation. A read without one needs no intent. */
async function open<Handle>(parts: Door<Handle>, running: Running<Handle>): Promise<void> {
  const { tool, receipt, operation, kept, run } = running;
  if (tool.effect === "read" && !kept) return;
  const job = run && parts.jobOf(tool, operation, "running", receipt.startedAt);
  await parts.ledger.open({ receipt, ...(kept ? { operation } : {}), ...(job ? { job } : {}) });
}

/** The call was opened and did not succeed. */
async function fail<Handle>(parts: Door<Handle>, running: Running<Handle>, thrown: unknown): Promise<never> {
  if (thrown instanceof ClosedCall || thrown instanceof PostponedCall) throw thrown;
  if (running.adoption) await running.adoption;
  const error = failed(running, thrown);
  if (error instanceof PostponedCall) throw error;
  const { tool, kept } = running;
  // A read that was never opened leaves the one receipt that a refusal leaves.
  if (tool.effect === "read" && !kept) throw error;
  if (error.code === "internal") parts.report(error, running.receipt.requestId);
  await parts.ledger.abandon(undoneOf(parts, running, error));
  throw new ClosedCall(error);
}

/** Runs a call that its caller waits for. */
async function runNow<Handle>(parts: Door<Handle>, running: Running<Handle>): Promise<CallResult> {
  await open(parts, running);
  try {
    const answer = await perform(parts, running).catch((thrown: unknown) => fail(parts, running, thrown));
    return { ok: true, answer, receiptId: running.receipt.id };
  } catch (thrown) {
    if (!(thrown instanceof PostponedCall)) throw thrown;
    await parts.ledger.postpone(closingOf(running, running.receipt, { error: thrown.reason }));
    return { ok: true, answer: parts.pendingJob(running.tool, running.receipt.id), receiptId: running.receipt.id };
  }
}

/** What a call sent again is answered with: what the first one was, or how it stands. A receipt says that nothing was run. */
async function replay<Handle>(
  parts: Door<Handle>,
  tool: Admitted<Handle>["tool"],
  state: OperationState,
  receipt: Receipt,
): Promise<CallResult> {
  const result = parts.answerOf(tool, state);
  const again: Receipt = { ...receipt, effect: "read" };
  const now = parts.clock();
  await parts.ledger.record("answer" in result ? ended(again, now, "ok", null) : undone(again, now, result.error));
  return "answer" in result
    ? { ok: true, answer: result.answer, receiptId: state.id }
    : { ok: false, error: result.error, receiptId: state.id };
}

/**
 * Builds the door: count → find → ask for a role → parse → authorise → look for the same call before → entitlement → ask
 * the person, or open → run under a deadline → parse the answer → close → answer.
 */
export function createInvoke<Handle>(given: InvokeParts<Handle>): Invoke {
  const parts: Door<Handle> = { ...given, ...createAnswerLater(given) };
  const admit = createAdmit(parts);

  async function begin(request: CallRequest, receipt: Receipt, wallet: (known: Receipt) => void): Promise<CallResult> {
    const entitlement = await parts.entitlementOf?.(request.principal.userId, receipt.startedAt);
    parts.limits?.take(countedAs(request.principal), entitlement?.callsPerMinute);
    const admitted = await admit(request.name, request.input, request.principal);
    const { tool, prepared } = admitted;
    const known: Receipt = prepared.wallet === undefined ? receipt : { ...receipt, wallet: prepared.wallet };
    wallet(known);
    const operation = operationOf(request, admitted, receipt.id);
    const earlier = operation.key === null ? null : await parts.ledger.earlier(operation);
    if (earlier) return replay(parts, tool, earlier, known);
    await entitlement?.take(tool);
    try {
      if (tool.asks) return await parts.ask(admitted, operation, known, request.signal);
      if (tool.background) return await parts.queue(admitted, operation, known);
      return await startCall(parts, { ...admitted, operation, receipt: known, request }, (running) =>
        runNow(parts, running),
      );
    } catch (thrown) {
      // What became of the call is not to be lost for a counter.
      await entitlement?.giveBack(tool).catch((error: unknown) => parts.report(asAppError(error), request.requestId));
      if (!(thrown instanceof AppError && thrown.code === "operation_running")) throw thrown;
      // Of two alike that came together the other was first.
      const first = await parts.ledger.earlier(operation);
      if (first === null) throw thrown;
      return replay(parts, tool, first, known);
    }
  }

  return async (request) => {
    const startedAt = parts.clock();
    const { name, input, principal, requestId } = request;
    const drafted = { id: uuidv7(startedAt), name, input, principal, requestId, startedAt };
    let receipt = draftOf(drafted, admit.find(name), parts.keeping);
    try {
      return await begin(request, receipt, (known) => (receipt = known));
    } catch (thrown) {
      return refuse(parts, thrown, receipt);
    }
  };
}
