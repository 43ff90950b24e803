/** The JSON that the published REST routes answer with. The console imports these types and nothing else of the server. */

/** One receipt, as `GET /receipts` gives it. Times are ISO 8601 in UTC, latency in milliseconds. */
export interface ReceiptView {
  readonly id: string;
  readonly tool: string;
  readonly clientName: string;
  readonly channel: string;
  readonly effect: "read" | "write" | "money";
  readonly outcome: "open" | "ok" | "refused" | "failed";
  readonly code: string | null;
  readonly argsDigest: string;
  readonly startedAt: string;
  readonly latencyMs: number;
  readonly requestId: string;
}

/** A page of receipts, newest first. */
export interface ReceiptsView {
  readonly receipts: readonly ReceiptView[];
  /** Pass as `cursor` for the next page; null on the last one. */
  readonly next: string | null;
}

/** One linked account: what an assistant may do for the person. */
export interface GrantView {
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly channel: string;
  readonly redirectHost: string;
  readonly scopes: readonly { readonly name: string; readonly grants: string }[];
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** One intent, with the words around the quote that it came from. */
export interface IntentView {
  readonly id: string;
  readonly payload: string;
  readonly summary: string | null;
  /** `host`: proposed by the assistant and found in the text; `rules`: found by the offline rules. */
  readonly engine: "host" | "rules";
  readonly section: string;
  readonly context: { readonly before: string; readonly quote: string; readonly after: string };
  readonly createdAt: string;
  readonly archivedAt: string | null;
}

/** A page of intents, newest first. */
export interface IntentsView {
  readonly intents: readonly IntentView[];
  readonly next: string | null;
}
