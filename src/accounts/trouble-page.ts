import { html, raw } from "hono/html";
import type { RequestContext } from "../http/router.ts";
import { type AppError, errorTable } from "../kernel/errors.ts";
import { sha256 } from "../kernel/seal.ts";

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 24px;" +
  "background:light-dark(#faf7f0,#171511);color:light-dark(#1f1b16,#efe9dd)}a{color:inherit}" +
  "h1{font-size:24px;line-height:1.3}dl{margin-top:32px;font-size:14px}dt{font-weight:600}dd{margin:0 0 12px;overflow-wrap:anywhere}";

/** One string, so that no formatter changes what the policy's hash covers. */
const STYLE_TAG = raw(`<style>${STYLE}</style>`);

/** Headers of every answer to a browser that comes back from a provider: its address holds a code (RFC 9700 §4.2.4). */
export const returnHeaders = {
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${sha256(STYLE).toString("base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** What did not come about, and where the person goes back to. */
interface Trouble {
  readonly heading: string;
  /** An address of our own. */
  readonly back: string;
}

/**
 * What a person sees who comes back from a provider without being signed in: what happened, the next step, and a link
 * to the page of ours where they were. Nothing of the provider's answer is repeated.
 */
export async function troublePage(c: RequestContext, error: AppError, { heading, back }: Trouble): Promise<Response> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${heading}</title>
        ${STYLE_TAG}
      </head>
      <body>
        <main>
          <h1>${heading}</h1>
          <p>${error.message}</p>
          <p>${error.next}</p>
          <p><a href="${back}">Go back to where you were</a></p>
          <dl>
            <dt>Error</dt>
            <dd>${error.code}</dd>
            <dt>Request</dt>
            <dd>${c.get("requestId")}</dd>
          </dl>
        </main>
      </body>
    </html>`;
  const { http } = errorTable[error.code];
  return c.html(page, http >= 500 ? 503 : http === 429 ? 429 : 400, returnHeaders);
}
