import { type Guarded, isListOf, isNullOr, isNumber, isOneOf, isShape, isText } from "../../ui/guards.ts";

/* What the API answers about what a person is asked to decide. */

const isTrouble = isShape({ code: isText, message: isText, next: isText });

const approvalShape = {
  /** Also the id of the call's job and receipt. */
  id: isText,
  tool: isText,
  title: isText,
  effect: isOneOf("write", "money"),
  /** What will happen, in one sentence. */
  sentence: isText,
  bounds: isListOf(isShape({ label: isText, value: isText })),
  clientName: isText,
  channel: isText,
  askedAt: isText,
  expiresAt: isText,
  status: isOneOf("pending", "approved", "rejected", "expired", "void"),
  decidedAt: isNullOr(isText),
  /** `fresh`: only after signing in again a moment ago, or with a passkey. */
  strength: isOneOf("usual", "fresh"),
  /** Sent back with a decision, so that nothing else is decided than what was shown. */
  digest: isText,
  run: isNullOr(isOneOf("queued", "running", "completed", "failed", "cancelled", "unknown")),
  error: isNullOr(isTrouble),
} as const;

export const isApproval = isShape(approvalShape);
/** What the person is asked to decide, and how it stands. */
export type Approval = Guarded<typeof isApproval>;

const isAnything = (_value: unknown): _value is unknown => true;

export const isWholeApproval = isShape({ ...approvalShape, arguments: isAnything });
/** One approval with the exact arguments. */
export type WholeApproval = Guarded<typeof isWholeApproval>;

export const isApprovalPage = isShape({
  approvals: isListOf(isApproval),
  waiting: isNumber,
  next: isNullOr(isText),
});
/** One page of approvals: those that wait first, then the newest. `waiting` counts all that wait. */
export type ApprovalPage = Guarded<typeof isApprovalPage>;

export const isDecided = isShape({ approval: isApproval, receiptId: isText });
/** A decision that the server has taken, and its receipt. */
export type Decided = Guarded<typeof isDecided>;

/** What a passkey is asked to sign (WebAuthn §5.5, as JSON), as far as it is looked at here. */
export const isPasskeyChallenge = isShape({ challenge: isText });
