import { browserSupportsWebAuthn, startAuthentication, WebAuthnAbortService } from "@simplewebauthn/browser";
import { type Api, ApiError } from "../api.ts";
import type { PasskeyAnswer } from "../contract.ts";

/** Whether this browser can ask for a passkey at all: over https, or on this machine. */
export const canUsePasskey = (): boolean => browserSupportsWebAuthn();

const notUsed = (): ApiError =>
  new ApiError("No passkey was used.", {
    code: "passkey_not_used",
    next: "Nothing was done. Try again, or sign in again instead.",
    status: 0,
    requestId: null,
    retryAfter: null,
  });

/**
 * Has the person's passkey sign the digest of what they were shown, or are about to change, and nothing else.
 * @throws ApiError `passkey_not_used` when they turn it down, or this browser has none of theirs; else as the API does.
 */
export async function signWithPasskey(api: Api, digest: string): Promise<PasskeyAnswer> {
  const optionsJSON = await api.approvals.passkeyChallenge(digest);
  // What a browser throws is no sentence for a person, and tells refusals apart only by guess (WebAuthn §14.5.2).
  return startAuthentication({ optionsJSON }).catch(() => Promise.reject(notUsed()));
}

/** Takes back a question for a passkey that still stands. */
export const cancelPasskey = (): void => WebAuthnAbortService.cancelCeremony();
