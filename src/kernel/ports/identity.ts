/** Tokens of the provider itself, by which our server may act for the person there. They never leave the process. */
export interface UpstreamTokens {
  readonly accessToken: string;
  /** Null where the provider gives none: the access token then cannot be renewed without the person. */
  readonly refreshToken: string | null;
  readonly expiresAt: Date;
}

/** Who a provider says a person is. (issuer, subject) names one person for good; everything else is for display. */
export interface VerifiedIdentity {
  /** `email`, or the provider's issuer, such as `privy.io`. */
  readonly issuer: string;
  /** The provider's own stable id: for `email` the normalised address, for Privy the DID. */
  readonly subject: string;
  /** What to show the person, such as the address. Never decides anything. */
  readonly label: string;
  /** What the provider gave beside the identity. */
  readonly tokens?: UpstreamTokens;
}

/** What is kept of a person who is sent to a provider. The provider sees `state`, `nonce` and a hash of `verifier`. */
export interface Departure {
  /** Names the departure; comes back with the person (RFC 6749 §10.12). */
  readonly state: string;
  /** Comes back inside the ID token (OpenID Connect Core §3.1.2.1). */
  readonly nonce: string;
  /** PKCE (RFC 7636 §4.1). */
  readonly verifier: string;
  /** Our address that the provider sends the person back to. */
  readonly redirectUri: string;
}

/** What a person hands over to prove who they are. */
export type Proof =
  | { readonly token: string }
  | { readonly challenge: string; readonly code: string }
  /** The query with which the provider sent the person back. */
  | (Departure & { readonly returned: string });

/** One choice on the sign-in page. A provider may have several, such as one for each company behind it. */
export interface Door {
  /** Unique among all doors of all providers. */
  readonly id: string;
  readonly title: string;
}

/** Proving an identity at the provider's own pages. */
export interface RedirectWay {
  readonly doors: readonly Door[];
  /** False where the provider drops `state`: PKCE alone then binds the return to the browser (RFC 9700 §4.7.1). */
  readonly returnsState: boolean;
  /**
   * Where to send the person.
   * @throws AppError `unavailable` when the provider cannot be asked.
   */
  begin(departure: Departure, door: string): Promise<string>;
}

/** Proving an email address by a code, or a link, that the provider sends. */
export interface CodeWay {
  readonly title: string;
  /**
   * Sends it. Does the same for every address.
   * @param departure what a link in the mail comes back with.
   * @throws AppError `rate_limited` or `unavailable`.
   */
  begin(address: string, departure: Departure, now: Date): Promise<{ challenge: string; expiresAt: Date }>;
}

/**
 * A way to sign in. Each adapter passes the same contract suite.
 */
export interface IdentityProvider {
  /** Name in addresses and settings: `email`, `privy`. */
  readonly id: string;
  readonly title: string;
  /** Whether `{token}` may be a proof. */
  readonly takesTokens: boolean;
  readonly redirect?: RedirectWay;
  readonly codes?: CodeWay;
  /** A script of the provider's that gets a token in the page. */
  readonly script?: { readonly url: string; readonly appId: string };
  /**
   * Verifies a proof.
   * @throws AppError `invalid_token` or `invalid_code`, which never say whether an account exists; `access_denied` when
   * the person declined at the provider; `unavailable` when the provider cannot be asked: that is no verdict.
   */
  verify(proof: Proof, now: Date): Promise<VerifiedIdentity>;
  /**
   * Renews tokens. Absent where the provider cannot.
   * @param kept with the issuer of the identity that they came with: another provider's token is never sent here.
   * @throws AppError `invalid_token` when it refuses for good, `unavailable` when it may work later.
   */
  refresh?(kept: { readonly refreshToken: string; readonly issuer: string }, now: Date): Promise<UpstreamTokens>;
}
