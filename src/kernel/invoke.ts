import { AppError, asAppError, errorTable } from "./errors.ts";
import { type Clock } from "./clock.ts";
import { uuidv7 } from "./ids.ts";
import { type Json, digestOf } from "./json.ts";
import type { Ledger } from "./ports/ledger.ts";
import { authorize } from "./policy.ts";
import type { Principal } from "./principal.ts";
import type { Receipt } from "./receipt.ts";
import type { BoundTool, Call, PreparedCall, ToolAnswer, Toolset } from "./tool.ts";

/** A call as a channel hands it in. */
export interface CallRequest {
  readonly name: string;
  readonly input: unknown;
  readonly principal: Principal;
  readonly requestId: string;
  /** Aborted when the caller leaves. */
  readonly signal?: AbortSignal;
}

/** How a call ended; either way a receipt is committed before this is known. */
export type CallResult =
  | { readonly ok: true; readonly answer: ToolAnswer<Json>; readonly receiptId: string }
  | { readonly ok: false; readonly error: AppError; readonly receiptId: string };

/** The one door. Nothing else runs a tool. */
export type Invoke = (request: CallRequest) => Promise<CallResult>;

interface InvokeParts<Handle> {
  readonly toolsets: readonly Toolset<Handle>[];
  readonly ledger: Ledger<Handle>;
  /** A handle outside any transaction, for reads. */
  readonly handle: Handle;
  readonly clock: Clock;
  /** An answer always comes within this many milliseconds. */
  readonly deadlineMs: number;
  /** Told of every error that was not foreseen; the cause goes to the log and nowhere else. */
  readonly report: (error: AppError, requestId: string) => void;
}

/** Every tool by name. @throws Error at start when two tools share a name. */
export function registryOf<Handle>(toolsets: readonly Toolset<Handle>[]): ReadonlyMap<string, BoundTool<Handle>> {
  const registry = new Map<string, BoundTool<Handle>>();
  for (const tool of toolsets.flatMap((toolset) => toolset.tools)) {
    if (registry.has(tool.name)) throw new Error(`Two tools are named ${tool.name}.`);
    registry.set(tool.name, tool);
  }
  return registry;
}

/** A name that nobody defined still leaves a receipt; only what can be stored of it is kept. */
const nameForReceipt = (name: string): string => name.toWellFormed().replaceAll("\0", "").slice(0, 128);

/** A call that was wrong is refused; a call that we could not carry out failed. */
const outcomeOf = (error: AppError): "refused" | "failed" => (errorTable[error.code].http >= 500 ? "failed" : "refused");

/** Rejects when the call's time is over or the caller has left. */
function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new AppError("timeout", "The answer took too long, so the call was stopped.", { cause: signal.reason }));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}

/**
 * Builds the door: find → parse → authorise → open → run under a deadline → parse the answer → close → answer.
 */
export function createInvoke<Handle>(parts: InvokeParts<Handle>): Invoke {
  const registry = registryOf(parts.toolsets);

  const draft = (request: CallRequest, tool: BoundTool<Handle> | undefined, startedAt: Date): Receipt => ({
    id: uuidv7(startedAt),
    userId: request.principal.userId,
    clientId: request.principal.clientId,
    clientName: request.principal.clientName,
    grantId: request.principal.grantId,
    channel: request.principal.channel,
    tool: tool?.name ?? nameForReceipt(request.name),
    effect: tool?.effect ?? "read",
    argsDigest: digestOf(null),
    outcome: "open",
    code: null,
    startedAt,
    latencyMs: 0,
    requestId: request.requestId,
  });

  const ended = (receipt: Receipt, outcome: Receipt["outcome"], code: string | null): Receipt => ({
    ...receipt,
    outcome,
    code,
    latencyMs: Math.max(0, parts.clock().getTime() - receipt.startedAt.getTime()),
  });

  async function read(prepared: PreparedCall<{ handle: Handle }>, call: Call, receipt: Receipt): Promise<ToolAnswer<Json>> {
    const answer = await orAborted(call.signal, prepared.run({ ...call, handle: parts.handle }));
    await parts.ledger.record(ended(receipt, "ok", null));
    return answer;
  }

  async function change(prepared: PreparedCall<{ handle: Handle }>, call: Call, receipt: Receipt): Promise<ToolAnswer<Json>> {
    await parts.ledger.open(receipt);
    return parts.ledger
      .close(
        (handle) => orAborted(call.signal, prepared.run({ ...call, handle })),
        () => ended(receipt, "ok", null),
      )
      .catch(async (error: unknown) => {
        const reason = asAppError(error);
        await parts.ledger.abandon(ended(receipt, outcomeOf(reason), reason.code));
        throw new ClosedCall(reason);
      });
  }

  return async (request) => {
    const tool = registry.get(request.name);
    let receipt = draft(request, tool, parts.clock());
    try {
      if (!tool) throw new AppError("unknown_tool", `There is no tool named ${nameForReceipt(request.name)}.`);
      const prepared = tool.prepare(request.input);
      receipt = { ...receipt, argsDigest: digestOf(prepared.input) };
      authorize(tool, request.principal);
      const deadline = AbortSignal.timeout(parts.deadlineMs);
      const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
      const call: Call = { principal: request.principal, requestId: request.requestId, now: receipt.startedAt, signal };
      const answer = await (tool.effect === "read" ? read(prepared, call, receipt) : change(prepared, call, receipt));
      return { ok: true, answer, receiptId: receipt.id };
    } catch (thrown) {
      return refuse(thrown, receipt);
    }
  };

  async function refuse(thrown: unknown, receipt: Receipt): Promise<CallResult> {
    const error = thrown instanceof ClosedCall ? thrown.reason : asAppError(thrown);
    if (error.code === "internal") parts.report(error, receipt.requestId);
    if (!(thrown instanceof ClosedCall)) {
      await parts.ledger.record(ended(receipt, outcomeOf(error), error.code));
    }
    return { ok: false, error, receiptId: receipt.id };
  }
}

/** A call whose receipt is already closed as failed. */
class ClosedCall extends Error {
  readonly reason: AppError;
  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
  }
}
