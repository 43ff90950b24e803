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

/** What a tool's schemas say is secret or personal. */
type Redacting = Pick<BoundTool<unknown>, "redact">;

/** What a receipt keeps of a call, without what is secret or personal. */
export interface ReceiptKeeping {
  /** Of the arguments. Where no schema says what of them is secret, no word. */
  asked(input: unknown, tool: Redacting | undefined): KeptText;
  /** Of the answer. @throws AppError `result_too_large`. */
  answered(data: Json, tool: Redacting): KeptText;
}

/** What every receipt keeps. */
export const receiptKeeping: ReceiptKeeping = {
  asked: (input, tool) => (tool ? keepAnything(tool.redact.input(input)) : { ...keepAnything(input), text: null }),
  answered(data, tool) {
    const shown = tool.redact.output(data);
    const { length, digest, text } = keep(shown === data ? data : wellFormed(shown));
    if (length > MOST_TEXT) throw tooLarge();
    return { digest, text };
  },
};

/** The receipt of a call as it begins. */
export function draftOf<Handle>(call: Drafted, tool: BoundTool<Handle> | undefined, keeping = receiptKeeping): Receipt {
  const { principal } = call;
  const asked = keeping.asked(call.input, tool);
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
export const done = (
  tool: Redacting,
  receipt: Receipt,
  now: Date,
  { data }: ToolAnswer<Json>,
  keeping = receiptKeeping,
): Receipt => ({ ...ended(receipt, now, "ok", null), answered: keeping.answered(data, tool) });
