/** The JSON that the published REST routes answer with. The console imports these types and nothing else of the server. */

/** One receipt, as `GET /receipts` gives it. Times are ISO 8601 in UTC, latency in milliseconds. */
export interface ReceiptView {
  readonly id: string;
  readonly tool: string;
  /** The tool in a person's words; its name where nobody knows it any more. */
  readonly title: string;
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

/** The tools that a person's receipts name, by title. */
export interface UsedToolsView {
  readonly tools: readonly { readonly name: string; readonly title: string }[];
}

/** One linked account: what an assistant may do for the person. */
export interface GrantView {
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string;
  /** Who made the client: itself by registering, its own document, the settings, or an operator. */
  readonly clientKind: "dynamic" | "document" | "preset" | "operator";
  /** True when the name is more than the client's own word. */
  readonly clientVerified: boolean;
  readonly channel: string;
  readonly redirectHost: string;
  readonly scopes: readonly { readonly name: string; readonly grants: string }[];
  /** What it may do, one by one: what can be taken back. */
  readonly permissions: readonly { readonly name: string; readonly grants: string }[];
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** One attempt to link: how far it came, why it stopped, and what mends it. */
export interface AttemptView {
  readonly id: string;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly channel: string | null;
  /** Where the answer was to go, without its query. */
  readonly redirect: string | null;
  readonly grantId: string | null;
  readonly state: "open" | "failed" | "linked" | "working";
  readonly steps: readonly {
    readonly step: "discovery" | "registration" | "authorize" | "sign_in" | "consent" | "token" | "first_call";
    readonly outcome: "ok" | "failed";
    readonly code: string | null;
    readonly reason: string | null;
    readonly fix: string | null;
    readonly count: number;
    readonly at: string;
    readonly requestId: string | null;
  }[];
  /** Further attempts from the same place that are only counted. */
  readonly folded: number;
  readonly startedAt: string;
  readonly lastAt: string;
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
