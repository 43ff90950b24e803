import type { AppError } from "./errors.ts";
import type { Json } from "./json.ts";
import type { SentOperationId } from "./operation-id.ts";
import type { Principal } from "./principal.ts";
import type { ToolAnswer } from "./tool.ts";

/** A call as a channel hands it in. */
export interface CallRequest {
  readonly name: string;
  readonly input: unknown;
  readonly principal: Principal;
  readonly requestId: string;
  /** What the caller names the call, to send the same one again. */
  readonly operationId?: SentOperationId;
  /** Aborted when the caller leaves. */
  readonly signal?: AbortSignal;
}

/** How a call ended; either way a receipt is committed before this is known. */
export type CallResult =
  | { readonly ok: true; readonly answer: ToolAnswer<Json>; readonly receiptId: string }
  | { readonly ok: false; readonly error: AppError; readonly receiptId: string };

/** The one door. Nothing else runs a tool. */
export type Invoke = (request: CallRequest) => Promise<CallResult>;
