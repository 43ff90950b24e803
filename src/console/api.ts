import type { AdminApi } from "./admin/admin-api.ts";
import type { ApprovalsApi } from "./approvals/approvals-api.ts";
import type {
  Attempt,
  Challenge,
  Consent,
  ConsentRedirect,
  Grant,
  Identity,
  Intent,
  IntentPage,
  PasskeyAnswer,
  Proof,
  ReceiptPage,
  SignInOptions,
  UsedTools,
  User,
} from "./contract.ts";
import type { ReceiptFilter } from "./receipt-filter.ts";
import type { ReceiptKeys, ReceiptProof } from "./receipts/verify-proof.ts";
import type { WorkApi } from "./work-api.ts";

interface ApiErrorFacts {
  readonly code: string;
  readonly next: string;
  /** HTTP status; 0 when the server did not answer. */
  readonly status: number;
  readonly requestId: string | null;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | null;
  /** How the person can show once more that it is them, where that is asked: `passkey`, `sign_in`. */
  readonly ways?: readonly string[] | undefined;
  /** What a passkey of theirs has to answer for it. */
  readonly digest?: string | undefined;
}

/** A request that did not succeed: `message` says what happened, `next` what the person can do. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly facts: ApiErrorFacts;

  constructor(message: string, facts: ApiErrorFacts) {
    super(message);
    this.facts = facts;
  }
}

/** True for an error that says the person is not signed in (any more). */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiError && error.facts.code === "authentication_required";

/** Where the person is, so that a provider's pages lead back there. */
export interface WayBack {
  /** A page of the console. */
  readonly to?: string | undefined;
  /** The handle of the request that they are about to decide, and the assistant that links. */
  readonly request?: string | undefined;
  readonly channel?: string | undefined;
}

/** Who asks for a code, and of whom. */
export interface CodeRequest extends WayBack {
  readonly email: string;
  /** Who sends it: `email`, or a provider. */
  readonly provider: string;
  /** What the check for people gave. */
  readonly human: string | null;
}

/** A code, and what it answers. */
export interface CodeProof {
  readonly provider: string;
  readonly challenge: string;
  readonly code: string;
}

/** A file that the server made for the person. */
export interface Download {
  readonly name: string;
  readonly content: Blob;
}

/** An intent as the person puts it. */
export interface IntentWords {
  readonly payload: string;
  readonly summary: string | null;
}

/** Which page of a list to read; null is the first. */
interface Page {
  readonly cursor: string | null;
}

/** What the pages ask of the server. Every call rejects with {@link ApiError} and with nothing else. */
export interface Api extends WorkApi {
  signInOptions(): Promise<SignInOptions>;
  sendCode(request: CodeRequest): Promise<Challenge>;
  signInByCode(proof: CodeProof): Promise<User>;
  signInByToken(provider: string, token: string): Promise<User>;
  /** Where the provider's pages are. They send the person back by themselves. */
  signInByRedirect(door: string, back: WayBack): Promise<string>;
  /** The signed-in person, or null. */
  session(): Promise<User | null>;
  signOut(): Promise<null>;
  /**
   * Ends every session of the person, in every browser, on the command line and in voice, and what these asked for.
   * @param links true ends every link, too.
   */
  signOutEverywhere(links: boolean): Promise<null>;
  /** Null takes the name away. */
  rename(displayName: string | null): Promise<User>;
  addByCode(proof: CodeProof): Promise<Identity>;
  addByToken(provider: string, token: string): Promise<Identity>;
  /** As {@link Api.signInByRedirect}; leads back to the settings where nothing else is said. */
  addByRedirect(door: string, back?: WayBack): Promise<string>;
  removeIdentity(id: string, passkey?: PasskeyAnswer): Promise<null>;
  exportData(): Promise<Download>;
  /** Erases the person. @param confirm their label, as they typed it. */
  deleteAccount(confirm: string, passkey?: PasskeyAnswer): Promise<null>;
  consent(handle: string): Promise<Consent>;
  /** @param person the `ref` of the one whom the page showed: the answer is refused when somebody else is signed in by now. */
  decide(handle: string, allow: boolean, person?: string): Promise<ConsentRedirect>;
  grants(): Promise<readonly Grant[]>;
  revokeGrant(id: string): Promise<Proof>;
  /** Leaves a link only these permissions. */
  narrowGrant(id: string, permissions: readonly string[]): Promise<Proof>;
  /** The person's own attempts to link, the last one first. */
  linkAttempts(): Promise<readonly Attempt[]>;
  readonly admin: AdminApi;
  readonly approvals: ApprovalsApi;
  receipts(query: Page & ReceiptFilter): Promise<ReceiptPage>;
  usedTools(): Promise<UsedTools["tools"]>;
  /** What proves one receipt, and the keys that the server has published. */
  receiptProof(id: string): Promise<{ readonly proof: ReceiptProof; readonly keys: ReceiptKeys }>;
  /** All receipts as a file that proves itself. */
  exportReceipts(): Promise<Download>;
  intents(query: Page & { readonly archived: boolean; readonly q?: string | undefined }): Promise<IntentPage>;
  editIntent(id: string, words: IntentWords): Promise<Intent>;
  archiveIntent(id: string): Promise<Proof>;
  restoreIntent(id: string): Promise<Proof>;
}
