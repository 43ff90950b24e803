import { type RegistrationResponseJSON, WebAuthnError, startRegistration } from "@simplewebauthn/browser";
import { type Api, ApiError } from "../api.ts";
import type { PasskeyAnswer } from "../contract.ts";

const notMade = (message: string, next: string): ApiError =>
  new ApiError(message, { code: "passkey_not_made", next, status: 0, requestId: null, retryAfter: null });

/** What a browser throws is no sentence for a person; that a device has one already is the one thing it says for certain. */
const reasonOf = (thrown: unknown): ApiError =>
  thrown instanceof WebAuthnError && thrown.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED"
    ? notMade("This device has one of your passkeys already.", "Use that one, or add one on another device.")
    : notMade("No passkey was made.", "Nothing was changed. Try again, and answer what your browser asks.");

/**
 * Has the browser make a passkey.
 * @param proven what a passkey that is there already has answered, where it was asked.
 * @throws ApiError as the API does; `passkey_not_made` when the person turns it down, or the device cannot.
 */
export async function makePasskey(api: Api, proven?: PasskeyAnswer): Promise<RegistrationResponseJSON> {
  const optionsJSON = await api.passkeyOptions(proven);
  return startRegistration({ optionsJSON }).catch((thrown: unknown) => Promise.reject(reasonOf(thrown)));
}
