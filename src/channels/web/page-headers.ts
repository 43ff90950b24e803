import { randomToken } from "../../kernel/ids.ts";

/** A fresh nonce for the style elements of one response (CSP Level 3 §2.3.1). */
export const styleNonce = (): string => randomToken(16);

/**
 * What our pages may do: run our own script files, apply our own style files and the style elements that carry this
 * response's nonce, talk to this origin, and frame the sandbox of the widgets, the one page of ours that lets itself be
 * framed. Nothing else, from nowhere else; no page frames them.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

interface PagePolicy {
  readonly nonce: string;
  /**
   * True for a page that a client may open in a popup and whose end the client's page learns through `opener`.
   * COOP would cut that tie for good, also for the client's own page that comes after ours.
   */
  readonly keepsOpener: boolean;
}

/** Headers of every HTML page. No cache keeps one, because its nonce must never be served twice. */
export function pageHeaders(policy: PagePolicy): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": contentSecurityPolicy(policy.nonce),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    ...(policy.keepsOpener ? {} : { "cross-origin-opener-policy": "same-origin" }),
  };
}
