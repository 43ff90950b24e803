/** What the server wrote into the page's head for this response. */
export interface PageFacts {
  /** The address that a person pastes into an assistant. */
  readonly mcpUrl: string;
  readonly version: string;
  /** Allows the style elements that this response may add. */
  readonly styleNonce: string;
}

/** Reads {@link PageFacts}. */
export function readPageFacts(page: Document): PageFacts {
  const content = (name: string): string => page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
  return {
    mcpUrl: content("mcp-url"),
    version: content("bellhop-version"),
    // The browser hides the attribute from selectors and scripts; the property still has it (HTML §2.5.6).
    styleNonce: page.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? "",
  };
}
