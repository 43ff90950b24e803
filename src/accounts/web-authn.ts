/**
 * The library for WebAuthn, once the first passkey needs it: it takes longer to load than everything else at a start, and
 * most starts never see a passkey.
 */
export const webAuthn = () => import("@simplewebauthn/server");

/** Its decoders: see {@link webAuthn}. */
export const webAuthnDecoders = () => import("@simplewebauthn/server/helpers");
