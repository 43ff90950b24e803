import { AppError, type ErrorCode, asAppError, errorTable } from "./errors.ts";
import { type Clock } from "./clock.ts";
import { uuidv7 } from "./ids.ts";
import { type Json, type KeptText, keep, keepAnything, wellFormed } from "./json.ts";
import type { Ledger } from "./ports/ledger.ts";
import type { CallLimits } from "./ports/limits.ts";
import { authorize } from "./policy.ts";
import type { Principal } from "./principal.ts";
import type { Receipt } from "./receipt.ts";
import { requireRole, type RolesOf } from "./roles.ts";
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

/** What the door is made of. */
export interface InvokeParts<Handle> {
  readonly toolsets: readonly Toolset<Handle>[];
  readonly ledger: Ledger<Handle>;
  /** A handle outside any transaction, for reads. */
  readonly handle: Handle;
  readonly clock: Clock;
  /** Who may use the tools that ask for a role. Where it is absent, nobody may. */
  readonly roles?: RolesOf;
  /** How many calls a person may make. Where it is absent, as many as they like. */
  readonly limits?: CallLimits;
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
const nameForReceipt = (name: string): string => name.toWellFormed().replaceAll("\0", "\ufffd").slice(0, 128);

/** A call that was wrong is refused; a call that we could not carry out failed. */
const outcomeOf = (error: AppError): "refused" | "failed" =>
  errorTable[error.code].http >= 500 ? "failed" : "refused";

const stopped = (signal: AbortSignal): AppError =>
  new AppError("timeout", "The answer took too long, so the call was stopped.", { cause: signal.reason });

/** Rejects when the call's time is over or the caller has left. */
function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(stopped(signal));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}

/** What the receipt keeps of the arguments. Where no schema says what of them is secret, it keeps no word. */
const askedOf = <Handle>(input: unknown, tool: BoundTool<Handle> | undefined): KeptText =>
  tool ? keepAnything(tool.redact.input(input)) : { ...keepAnything(input), text: null };

function draftOf<Handle>(request: CallRequest, tool: BoundTool<Handle> | undefined, startedAt: Date): Receipt {
  const { principal } = request;
  const asked = askedOf(request.input, tool);
  return {
    id: uuidv7(startedAt),
    userId: principal.userId,
    clientId: principal.clientId,
    clientName: principal.clientName,
    grantId: principal.grantId,
    channel: principal.channel,
    tool: tool?.name ?? nameForReceipt(request.name),
    effect: tool?.effect ?? "read",
    argsDigest: asked.digest,
    asked,
    outcome: "open",
    code: null,
    startedAt,
    latencyMs: 0,
    requestId: request.requestId,
  };
}

const ended = (receipt: Receipt, now: Date, outcome: Receipt["outcome"], code: ErrorCode | null): Receipt => ({
  ...receipt,
  outcome,
  code,
  latencyMs: Math.max(0, now.getTime() - receipt.startedAt.getTime()),
});

/** The receipt of a call that was done. */
function done<Handle>({ tool, receipt }: Running<Handle>, now: Date, { data }: ToolAnswer<Json>): Receipt {
  const kept = tool.redact.output(data);
  return { ...ended(receipt, now, "ok", null), answered: keep(kept === data ? data : wellFormed(kept)) };
}

/** A tool found and its arguments parsed. */
interface Running<Handle> {
  readonly tool: BoundTool<Handle>;
  readonly prepared: PreparedCall<{ readonly handle: Handle }>;
  readonly call: Call;
  readonly receipt: Receipt;
}

/** A read leaves one receipt, after it. */
async function read<Handle>(parts: InvokeParts<Handle>, running: Running<Handle>): Promise<ToolAnswer<Json>> {
  const { prepared, call } = running;
  const answer = await orAborted(call.signal, prepared.run({ ...call, handle: parts.handle }));
  await parts.ledger.record(done(running, parts.clock(), answer));
  return answer;
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

/** A change to our own tables runs inside the transaction that closes its receipt. */
async function change<Handle>(parts: InvokeParts<Handle>, running: Running<Handle>): Promise<ToolAnswer<Json>> {
  const { prepared, call, receipt } = running;
  await parts.ledger.open(receipt);
  try {
    return await parts.ledger.close(
      (handle) => runWhole(prepared, { ...call, handle }),
      (answer) => done(running, parts.clock(), answer),
    );
  } catch (error) {
    const reason = asAppError(error);
    await parts.ledger.abandon(ended(receipt, parts.clock(), outcomeOf(reason), reason.code));
    throw new ClosedCall(reason);
  }
}

function signalOf<Handle>(parts: InvokeParts<Handle>, request: CallRequest): AbortSignal {
  const deadline = AbortSignal.timeout(parts.deadlineMs);
  return request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
}

/** Writes the receipt of a call that was refused or failed before it opened one, and tells the log what was not foreseen. */
async function refuse<Handle>(parts: InvokeParts<Handle>, thrown: unknown, receipt: Receipt): Promise<CallResult> {
  const error = thrown instanceof ClosedCall ? thrown.reason : asAppError(thrown);
  if (error.code === "internal") parts.report(error, receipt.requestId);
  if (!(thrown instanceof ClosedCall)) {
    await parts.ledger.record(ended(receipt, parts.clock(), outcomeOf(error), error.code));
  }
  return { ok: false, error, receiptId: receipt.id };
}

/**
 * Whose calls are counted together: all of a person's assistants, and apart from them the person's own browser, so that
 * no assistant can keep them from ending its link. A call that is refused counts too: its receipt costs as much.
 */
const countedAs = ({ userId, channel }: Principal): string => (channel === "web" ? `${userId} web` : userId);

/**
 * Builds the door: count → find → ask for a role → parse → authorise → open → run under a deadline → parse the answer → close → answer.
 */
export function createInvoke<Handle>(parts: InvokeParts<Handle>): Invoke {
  const registry = registryOf(parts.toolsets);
  const rolesOf: RolesOf = parts.roles ?? (async () => new Set());
  return async (request) => {
    const tool = registry.get(request.name);
    const receipt = draftOf(request, tool, parts.clock());
    try {
      parts.limits?.take(countedAs(request.principal));
      if (!tool) throw new AppError("unknown_tool", `There is no tool named ${nameForReceipt(request.name)}.`);
      // Before the arguments are looked at: who may not use the tool learns nothing of it.
      await requireRole(tool, request.principal, rolesOf);
      const prepared = tool.prepare(request.input);
      authorize(tool, request.principal);
      const { principal, requestId } = request;
      const facts = { principal, requestId, receiptId: receipt.id, now: receipt.startedAt };
      const call: Call = { ...facts, signal: signalOf(parts, request) };
      const answer = await (tool.effect === "read" ? read : change)(parts, { tool, prepared, call, receipt });
      return { ok: true, answer, receiptId: receipt.id };
    } catch (thrown) {
      return refuse(parts, thrown, receipt);
    }
  };
}

/** A call whose receipt is already closed as failed. */
class ClosedCall extends Error {
  readonly reason: AppError;
  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
  }
}
