import { randomToken } from "../../kernel/ids.ts";

/** A fresh nonce for the style elements of one response (CSP Level 3 §2.3.1). */
export const styleNonce = (): string => randomToken(16);

/** Other servers that a page may work with: each only where the operator set it. */
export interface Outside {
  /** Origins whose scripts run in the page. */
  readonly scripts: readonly string[];
  /** Origins that the page may ask. */
  readonly connections: readonly string[];
  /** Origins whose pages may be framed. */
  readonly frames: readonly string[];
}

const nobody: Outside = { scripts: [], connections: [], frames: [] };

const sources = (directive: string, own: string, others: readonly string[]): string =>
  [directive, own, ...new Set(others)].join(" ");

/**
 * What our pages may do: run our own script files, apply our own style files and the style elements that carry this
 * response's nonce, talk to this origin, and frame the sandbox of the widgets, the one page of ours that lets itself be
 * framed. Nothing else, from nowhere else, but what the operator has opened; no page frames them.
 */
function contentSecurityPolicy(nonce: string, outside: Outside): string {
  return [
    "default-src 'none'",
    sources("script-src", "'self'", outside.scripts),
    `style-src 'self' 'nonce-${nonce}'`,
    sources("connect-src", "'self'", outside.connections),
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    sources("frame-src", "'self'", outside.frames),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * What an SVG may do when someone opens it by its address: it is a document then, and could run a script on our origin.
 * As a picture in a page it is not asked.
 */
export const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** The type of a picture that is a document, too. */
export const SVG = "image/svg+xml";

interface PagePolicy {
  readonly nonce: string;
  /**
   * True for a page that a client may open in a popup and whose end the client's page learns through `opener`.
   * COOP would cut that tie for good, also for the client's own page that comes after ours.
   */
  readonly keepsOpener: boolean;
  /** Nobody where nothing is said. */
  readonly outside?: Outside;
}

/** Headers of every HTML page. No cache keeps one, because its nonce must never be served twice. */
export function pageHeaders(policy: PagePolicy): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": contentSecurityPolicy(policy.nonce, policy.outside ?? nobody),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    ...(policy.keepsOpener ? {} : { "cross-origin-opener-policy": "same-origin" }),
  };
}
