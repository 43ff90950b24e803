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
  /** `asked`: answered with a question to the person; `unknown`: nobody can prove whether it happened. */
  readonly outcome: "open" | "ok" | "refused" | "failed" | "asked" | "unknown";
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

/** What the person is asked to decide, as `GET /api/approvals` gives it. */
export interface ApprovalView {
  /** Also the id of the call's job and receipt. */
  readonly id: string;
  readonly tool: string;
  readonly title: string;
  readonly effect: "write" | "money";
  /** What will happen, in one sentence. */
  readonly sentence: string;
  readonly bounds: readonly { readonly label: string; readonly value: string }[];
  readonly clientName: string;
  readonly channel: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  /** `void`: it can no longer be decided or run as asked; `error` says why. */
  readonly status: "pending" | "approved" | "rejected" | "expired" | "void";
  readonly decidedAt: string | null;
  /** `fresh`: only after signing in again a moment ago, or with a passkey. */
  readonly strength: "usual" | "fresh";
  /** Digest of all that is shown here; a decision sends it back, so that nothing else is decided. */
  readonly digest: string;
  /** How what was approved stands; null before. */
  readonly run: "queued" | "running" | "completed" | "failed" | "cancelled" | "unknown" | null;
  readonly error: ErrorView | null;
}

/** Why something did not succeed. */
export interface ErrorView {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** One approval with the exact arguments, as `GET /api/approvals/:id` gives it. */
export interface WholeApprovalView extends ApprovalView {
  /** The arguments that run, as they are stored; what its schema marks as secret is left out. */
  readonly arguments: unknown;
}

/** `GET /api/approvals?status=pending|all`: the pending ones first, then the newest. */
export interface ApprovalsView {
  readonly approvals: readonly ApprovalView[];
  /** How many wait, whatever the page shows. */
  readonly waiting: number;
  readonly next: string | null;
}

/** A job, in the published spelling, as `GET /api/tools/jobs/:id` gives it. */
export interface JobView {
  readonly id: string;
  /** The tool. */
  readonly jobType: string;
  readonly title: string;
  readonly status: "queued" | "running" | "completed" | "failed" | "cancelled" | "expired";
  readonly clientName: string;
  readonly channel: string;
  readonly attempt: number;
  readonly progress: {
    readonly stage: string;
    readonly percent: number | null;
    readonly eta_seconds: number | null;
  } | null;
  readonly cancellable: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly statusUrl: string;
  /** How many files it made. */
  readonly artifactCount: number;
  /** What came of a completed job, in `GET /api/tools/jobs/:id` alone: null before, in lists and in events. */
  readonly resultPayload: {
    /** What the tool answered, in words. */
    readonly text: string;
    readonly data: unknown;
    readonly artifacts: readonly ArtifactView[];
  } | null;
  readonly errorMessage: string | null;
  readonly error: ErrorView | null;
}

/** A file of a job. The address is signed and stands for some minutes; asked again, there is a new one. */
export interface ArtifactView {
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: number;
  readonly url: string;
  readonly expiresAt: string;
}

/** `GET /api/tools/jobs/:id/artifacts`: the files of a job, each with a new link. */
export interface ArtifactsView {
  readonly artifacts: readonly ArtifactView[];
}

/** `GET /api/tools/jobs`: newest first. Here and in events `resultPayload` is null; one job by itself has it. */
export interface JobsView {
  readonly jobs: readonly JobView[];
  readonly next: string | null;
}

/** `GET /api/usage`: what a person has, and what they have used of it. */
export interface UsageView {
  readonly tier: { readonly name: string; readonly title: string; readonly until: string | null };
  readonly bundles: readonly string[];
  /** Calls a minute; null means as many as they like. */
  readonly callsPerMinute: number | null;
  readonly callsToday: number;
  /** When the counts of today begin anew. */
  readonly resetsAt: string;
  /** Tools that were used today or are counted. */
  readonly tools: readonly {
    readonly name: string;
    readonly title: string;
    readonly usedToday: number;
    /** Null where it is not counted. */
    readonly perDay: number | null;
    /** Why the person cannot use it; null where they can. */
    readonly needs: string | null;
  }[];
  readonly tiers: readonly { readonly name: string; readonly title: string; readonly callsPerMinute: number | null }[];
  readonly upgradeUrl: string;
}

/** `GET /api/spending`: what a person lets assistants spend. Amounts are decimal strings in whole units. */
export interface SpendingView {
  /** Rises with every change; an approval stands for one version alone. */
  readonly version: number;
  readonly caps: readonly CapView[];
  /** Those of whoever runs the server, which hold beside the person's own; absent means none. */
  readonly serverCaps?: readonly CapView[];
  /** Assets in which the tools of this server say what they spend; null where one may say any. */
  readonly assets: readonly string[] | null;
  /** Says of a cap that it stops nothing here, since no tool states its asset. */
  readonly notes: readonly { readonly asset: string; readonly sentence: string }[];
  /** True when only listed recipients may be paid. */
  readonly recipientsOnly: boolean;
  /** How long a new recipient rests before it may be paid. */
  readonly holdHours: number;
  readonly recipients: readonly {
    readonly recipient: string;
    readonly label: string;
    readonly addedAt: string;
    readonly usableFrom: string;
  }[];
  /** Above this worth, all clicks of 24 hours together, the person signs in again or uses a passkey, in US dollars. */
  readonly freshAboveUsd: string;
  /** After so many clicks of 24 hours they do so, too. */
  readonly freshAfterClicks: number;
}

/** Caps on one asset; `usd` counts what everything is worth. */
export interface CapView {
  readonly asset: string;
  readonly perTransaction: string | null;
  readonly rolling: { readonly amount: string; readonly hours: number; readonly spent: string } | null;
}

/** `GET /api/pause`: whether the person has paused everything, or the operator has for them. */
export interface PauseView {
  readonly pausedAt: string | null;
  /** Since when the operator has: nobody but an administrator lifts it. */
  readonly operatorPausedAt: string | null;
}

/** `GET /api/passkeys`. */
export interface PasskeysView {
  readonly passkeys: readonly {
    readonly id: string;
    readonly label: string;
    readonly createdAt: string;
    readonly lastUsedAt: string | null;
  }[];
}

/** `GET /api/notices`: how the person is told of what waits for them. */
export interface NoticesView {
  readonly email: boolean;
  /** Where mail goes; null when no address of theirs was proven. */
  readonly address: string | null;
  /** Browsers that get a push. */
  readonly browsers: readonly { readonly id: string; readonly label: string; readonly createdAt: string }[];
  /** The public key to subscribe with (VAPID, RFC 8292). */
  readonly pushKey: string;
}
