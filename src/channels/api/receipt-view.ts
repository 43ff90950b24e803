import type { Receipt } from "../../kernel/receipt.ts";
import type { ReceiptView } from "./types.ts";

/** The title of a tool, by its name; undefined where there is none of this name. */
export type TitleOf = (tool: string) => string | undefined;

/** A receipt as the REST routes and the event stream give it. */
export const receiptView = (receipt: Receipt, titleOf: TitleOf): ReceiptView => ({
  id: receipt.id,
  tool: receipt.tool,
  title: titleOf(receipt.tool) ?? receipt.tool,
  clientName: receipt.clientName,
  channel: receipt.channel,
  effect: receipt.effect,
  outcome: receipt.outcome,
  code: receipt.code,
  argsDigest: receipt.argsDigest,
  startedAt: receipt.startedAt.toISOString(),
  latencyMs: receipt.latencyMs,
  requestId: receipt.requestId,
});
