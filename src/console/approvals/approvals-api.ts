import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import type { Receipt } from "../contract.ts";
import type { Job } from "../jobs/contract.ts";
import type { ApprovalPage, Decided, WholeApproval } from "./contract.ts";

/** What the person says, of what they were shown. */
export interface Answer {
  readonly decision: "approve" | "reject";
  /** The digest of what was shown. */
  readonly digest: string;
  /** A passkey's signature under that digest, in place of signing in again. */
  readonly passkey?: AuthenticationResponseJSON | undefined;
}

/** What the pages ask of the server about what waits for the person. */
export interface ApprovalsApi {
  /** @param query `pending`: only those that wait; `all`: those first, then the newest. */
  list(query: { readonly status: "pending" | "all"; readonly cursor: string | null }): Promise<ApprovalPage>;
  one(id: string): Promise<WholeApproval>;
  /** @throws ApiError `fresh_sign_in_required`, `conflict`, `approval_expired`, `approval_void`, `paused`. */
  decide(id: string, answer: Answer): Promise<Decided>;
  /** What a passkey is to sign, for this digest alone. */
  passkeyChallenge(digest: string): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** The work that an approval led to; null while there is none. */
  job(id: string): Promise<Job | null>;
  /** The receipt of what an approval led to; null while there is none. */
  receipt(id: string): Promise<Receipt | null>;
}
