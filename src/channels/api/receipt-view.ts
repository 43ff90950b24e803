import type { Receipt } from "../../kernel/receipt.ts";
import type { ReceiptView } from "./types.ts";

/** A receipt as the REST routes and the event stream give it. */
export const receiptView = (receipt: Receipt, titles: ReadonlyMap<string, string>): ReceiptView => ({
  id: receipt.id,
  tool: receipt.tool,
  title: titles.get(receipt.tool) ?? receipt.tool,
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
