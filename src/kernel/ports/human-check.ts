/** Tells people from programs before something is sent in their name. */
export interface HumanCheck {
  /** What the page needs to show the check. */
  readonly page: { readonly siteKey: string; readonly scriptUrl: string };
  /**
   * Checks what the page got from the person. Fails closed.
   * @param action what it was asked for: a proof for one thing is none for another.
   * @throws AppError `human_check_failed`, or `unavailable` when the service cannot be asked.
   */
  verify(proof: string | undefined, action: string): Promise<void>;
}
