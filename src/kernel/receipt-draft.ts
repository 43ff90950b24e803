import { type AppError, type ErrorCode, errorTable } from "./errors.ts";
import { type Json, type KeptText, keep, keepAnything, wellFormed } from "./json.ts";
import type { Principal } from "./principal.ts";
import type { Receipt } from "./receipt.ts";
import { type BoundTool, MOST_TEXT, type ToolAnswer, tooLarge } from "./tool.ts";

/** What a receipt is drafted from. */
interface Drafted {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly principal: Principal;
  readonly requestId: string;
  readonly startedAt: Date;
}

/** A name that nobody defined still leaves a receipt; only what can be stored of it is kept. */
export const nameForReceipt = (name: string): string => name.toWellFormed().replaceAll("\0", "\ufffd").slice(0, 128);

/** What the receipt keeps of the arguments. Where no schema says what of them is secret, it keeps no word. */
const askedOf = <Handle>(input: unknown, tool: BoundTool<Handle> | undefined): KeptText =>
  tool ? keepAnything(tool.redact.input(input)) : { ...keepAnything(input), text: null };

/** The receipt of a call as it begins. */
export function draftOf<Handle>(call: Drafted, tool: BoundTool<Handle> | undefined): Receipt {
  const { principal } = call;
  const asked = askedOf(call.input, tool);
  return {
    id: call.id,
    userId: principal.userId,
    clientId: principal.clientId,
    clientName: principal.clientName,
    grantId: principal.grantId,
    channel: principal.channel,
    tool: tool?.name ?? nameForReceipt(call.name),
    effect: tool?.effect ?? "read",
    argsDigest: asked.digest,
    asked,
    outcome: "open",
    code: null,
    startedAt: call.startedAt,
    latencyMs: 0,
    requestId: call.requestId,
  };
}

/** The receipt of a call that has ended. */
export const ended = (receipt: Receipt, now: Date, outcome: Receipt["outcome"], code: ErrorCode | null): Receipt => ({
  ...receipt,
  outcome,
  code,
  latencyMs: Math.max(0, now.getTime() - receipt.startedAt.getTime()),
});

/** A call that was wrong is refused; a call that we could not carry out failed. */
const outcomeOf = ({ code }: AppError): "refused" | "failed" | "unknown" => {
  if (code === "outcome_unknown") return "unknown";
  return errorTable[code].http >= 500 ? "failed" : "refused";
};

/** The receipt of a call that did not succeed. */
export const undone = (receipt: Receipt, now: Date, error: AppError): Receipt =>
  ended(receipt, now, outcomeOf(error), error.code);

/** The receipt of a call that was done. @throws AppError `result_too_large`. */
export function done<Handle>(
  tool: BoundTool<Handle>,
  receipt: Receipt,
  now: Date,
  { data }: ToolAnswer<Json>,
): Receipt {
  const kept = tool.redact.output(data);
  const answered = keep(kept === data ? data : wellFormed(kept));
  if (answered.length > MOST_TEXT) throw tooLarge();
  return { ...ended(receipt, now, "ok", null), answered: { digest: answered.digest, text: answered.text } };
}
