/** Who a provider says a person is. (issuer, subject) names one person for good; everything else is for display. */
export interface VerifiedIdentity {
  /** `email`, or the provider's issuer, such as `privy.io`. */
  readonly issuer: string;
  /** The provider's own stable id: for `email` the normalised address, for Privy the DID. */
  readonly subject: string;
  /** What to show the person, such as the address. */
  readonly label: string;
}

/** What a person hands over to prove who they are. */
export type Proof = { readonly token: string } | { readonly challenge: string; readonly code: string };

/**
 * A way to sign in. Each adapter passes the same contract suite.
 */
export interface IdentityProvider {
  /** Name in addresses and settings: `email`, `privy`. */
  readonly id: string;
  readonly title: string;
  /**
   * Verifies a proof.
   * @throws AppError `invalid_token` or `invalid_code`; never says whether an account exists.
   */
  verify(proof: Proof, now: Date): Promise<VerifiedIdentity>;
}
