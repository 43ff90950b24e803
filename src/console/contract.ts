import type { AuthenticationResponseJSON } from "@simplewebauthn/browser";
import {
  type Guarded,
  isAbsentOr,
  isFlag,
  isListOf,
  isNullOr,
  isNumber,
  isOneOf,
  isShape,
  isText,
} from "../ui/guards.ts";

/*
 * What the browser side of the API answers, as guards: an answer of another shape is told apart from a right one before
 * any page reads it, and the types follow from the guards.
 */

/** What a passkey has answered. */
export type PasskeyAnswer = AuthenticationResponseJSON;

export const isSignInOptions = isShape({
  providers: isListOf(
    isShape({
      id: isText,
      title: isText,
      way: isOneOf("code", "redirect", "script", "elsewhere"),
      script: isAbsentOr(isShape({ url: isText, appId: isText })),
    }),
  ),
  localMailbox: isFlag,
  humanCheck: isNullOr(isShape({ siteKey: isText, scriptUrl: isText, action: isText })),
});
/** Ways to sign in, whether codes stay on the server's machine, and what checks that a person asks for one. */
export type SignInOptions = Guarded<typeof isSignInOptions>;

export const isChallenge = isShape({ challenge: isText, expiresAt: isText });
/** A code that is on its way. */
export type Challenge = Guarded<typeof isChallenge>;

const isIdentity = isShape({ id: isText, issuer: isText, label: isText, createdAt: isText });
/** One way to sign in. */
export type Identity = Guarded<typeof isIdentity>;

export const isDeparture = isShape({ location: isText });

export const isIdentityAnswer = isShape({ identity: isIdentity });

const isUser = isShape({
  id: isText,
  label: isText,
  displayName: isNullOr(isText),
  createdAt: isText,
  identities: isListOf(isIdentity),
  /** What the person may do beyond their own account. */
  roles: isAbsentOr(isListOf(isText)),
  /** Providers at which the person should sign in again, since tools act for them there. */
  renew: isAbsentOr(isListOf(isText)),
});
/** The signed-in person: named by `label`, called by `displayName` where they said how. */
export type User = Guarded<typeof isUser>;

export const isSession = isShape({ user: isUser });

/** One scope, and what it lets a client do, in words. */
export const isScopeView = isShape({ name: isText, grants: isText });

export const isConsent = isShape({
  client: isShape({ id: isText, name: isText, uri: isNullOr(isText) }),
  redirectHost: isText,
  redirectKind: isOneOf("https", "loopback", "app"),
  scopes: isListOf(isScopeView),
  droppedScopes: isListOf(isText),
  expiresAt: isText,
  channel: isAbsentOr(isText),
  user: isNullOr(isShape({ label: isText, ref: isText })),
});
/** A client's request to be linked, as the person decides on it. */
export type Consent = Guarded<typeof isConsent>;

export const isConsentRedirect = isShape({ redirect_uri: isText, error: isAbsentOr(isText) });
/** Where the person goes after deciding. OAuth's own spelling. */
export type ConsentRedirect = Guarded<typeof isConsentRedirect>;

const isGrant = isShape({
  id: isText,
  clientId: isText,
  clientName: isText,
  /** Who made the client: itself by registering, its own document, the settings, or an operator. */
  clientKind: isText,
  /** True when the name is more than the client's own word. */
  clientVerified: isFlag,
  channel: isText,
  redirectHost: isText,
  scopes: isListOf(isScopeView),
  /** What it may do, one by one: what can be taken back. */
  permissions: isListOf(isScopeView),
  createdAt: isText,
  lastUsedAt: isNullOr(isText),
});
/** A linked account: one client that may act for the person. */
export type Grant = Guarded<typeof isGrant>;

export const isGrantList = isShape({ grants: isListOf(isGrant) });

/** What an attempt to link goes through. */
const isLinkStep = isOneOf("discovery", "registration", "authorize", "sign_in", "consent", "token", "first_call");
export type LinkStep = Guarded<typeof isLinkStep>;

const isAttemptStep = isShape({
  step: isLinkStep,
  outcome: isOneOf("ok", "failed"),
  code: isNullOr(isText),
  reason: isNullOr(isText),
  fix: isNullOr(isText),
  count: isNumber,
  at: isText,
  requestId: isNullOr(isText),
});
export type AttemptStep = Guarded<typeof isAttemptStep>;

export const attemptShape = {
  id: isText,
  clientId: isNullOr(isText),
  clientName: isNullOr(isText),
  channel: isNullOr(isText),
  redirect: isNullOr(isText),
  grantId: isNullOr(isText),
  state: isOneOf("open", "failed", "linked", "working"),
  steps: isListOf(isAttemptStep),
  folded: isNumber,
  startedAt: isText,
  lastAt: isText,
} as const;
const isAttempt = isShape(attemptShape);
/** One attempt to link: how far it came, why it stopped, and what mends it. */
export type Attempt = Guarded<typeof isAttempt>;

export const isAttemptList = isShape({ attempts: isListOf(isAttempt) });

export const isProof = isShape({ receiptId: isText });
/** The receipt of something that was done just now. */
export type Proof = Guarded<typeof isProof>;

const isIntent = isShape({
  id: isText,
  payload: isText,
  summary: isNullOr(isText),
  engine: isText,
  section: isText,
  context: isNullOr(isShape({ before: isText, quote: isText, after: isText })),
  createdAt: isText,
  archivedAt: isNullOr(isText),
});
/** What the person wants, seeks or offers, and the words around what they said. */
export type Intent = Guarded<typeof isIntent>;

export const isIntentPage = isShape({ intents: isListOf(isIntent), next: isNullOr(isText) });
/** One page of intents, newest first; `next` leads to the older ones. */
export type IntentPage = Guarded<typeof isIntentPage>;

export const isIntentChange = isShape({ intent: isIntent, receiptId: isText });

/** The ways in which a call stands. */
export const isOutcome = isOneOf("open", "ok", "refused", "failed", "asked", "unknown");

export const isReceipt = isShape({
  id: isText,
  tool: isText,
  title: isText,
  clientName: isText,
  channel: isText,
  effect: isText,
  outcome: isOutcome,
  code: isNullOr(isText),
  argsDigest: isText,
  startedAt: isText,
  latencyMs: isNumber,
  requestId: isText,
});
/** The record of one call. */
export type Receipt = Guarded<typeof isReceipt>;

export const isUsedTools = isShape({ tools: isListOf(isShape({ name: isText, title: isText })) });
/** The tools that the person's receipts name, in the order of their titles. */
export type UsedTools = Guarded<typeof isUsedTools>;

export const isReceiptPage = isShape({ receipts: isListOf(isReceipt), next: isNullOr(isText) });
/** One page of receipts, newest first; `next` leads to the older ones. */
export type ReceiptPage = Guarded<typeof isReceiptPage>;

export const isErrorAnswer = isShape({
  error: isText,
  error_description: isText,
  next: isAbsentOr(isText),
  request_id: isAbsentOr(isText),
  /** How the person can show once more that it is them. */
  ways: isAbsentOr(isListOf(isText)),
  /** What a passkey of theirs has to answer. */
  digest: isAbsentOr(isText),
});
