import { html, raw } from "hono/html";
import { type AppError, errorTable } from "../kernel/errors.ts";
import { sha256 } from "../kernel/seal.ts";
import type { RequestContext } from "../http/router.ts";
import type { RedirectKind } from "./redirect-uri.ts";

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 24px;" +
  "background:light-dark(#faf7f0,#171511);color:light-dark(#1f1b16,#efe9dd)}" +
  "h1{font-size:24px;line-height:1.3}dl{margin-top:32px;font-size:14px}dt{font-weight:600}dd{margin:0 0 12px;overflow-wrap:anywhere}";

/** One string, so that no formatter changes what the policy's hash covers. */
const STYLE_TAG = raw(`<style>${STYLE}</style>`);

/** Nothing loads, nothing runs, nothing is sent, nobody frames it. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(STYLE).toString("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer that a browser shows or follows during an authorization. */
export const browserHeaders = {
  "cache-control": "no-store",
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** A proven address of the client, which the person may follow, and the plain name of where it leads. */
interface WayBack {
  readonly kind: RedirectKind;
  readonly host: string;
  /** Carries the error to the client. */
  readonly address: string;
}

/** An app is known by its scheme alone, a site by its host: never by what it calls itself. */
const wayBackLink = ({ kind, host, address }: WayBack) =>
  html`<p>
    <a href="${address}" rel="noreferrer"
      >${kind === "app" ? `Open the app for ${host}: links` : `Go back to ${host}`}</a
    >
    It is told of this error. Follow the link only if you came from there.
  </p>`;

/**
 * What the person sees when a request is wrong: before its redirect address is proven (RFC 6749 §4.1.2.1: do not
 * redirect) a page that links nowhere and repeats no address of the request; after that a page that names where its
 * one link leads.
 */
export async function errorPage(c: RequestContext, error: AppError, wayBack?: WayBack): Promise<Response> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>This link cannot be used</title>
        ${STYLE_TAG}
      </head>
      <body>
        <main>
          <h1>This link cannot be used</h1>
          <p>${error.message}</p>
          <p>Nothing was shared. Go back to the assistant and start again.</p>
          ${wayBack === undefined ? "" : wayBackLink(wayBack)}
          <dl>
            <dt>Error</dt>
            <dd>${errorTable[error.code].oauth}</dd>
            <dt>Request</dt>
            <dd>${c.get("requestId")}</dd>
          </dl>
        </main>
      </body>
    </html>`;
  return c.html(page, errorTable[error.code].http >= 500 ? 503 : 400, browserHeaders);
}
