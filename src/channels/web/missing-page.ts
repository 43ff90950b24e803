import { type Routes, createRoutes } from "../../http/router.ts";
import { plainPage } from "./html.ts";
import { pageHeaders, styleNonce } from "./page-headers.ts";
import { prefersHtml } from "./prefers-html.ts";

const BODY = `<h1>There is no page here</h1>
<p>The address may be old, or mistyped.</p>
<p><a href="/">How to connect</a> · <a href="/app">Console</a> · <a href="/docs">Docs</a></p>`;

/**
 * What a person's browser is shown where nothing is: a page with the ways on. Mounted after everything else; whoever
 * does not ask for a page passes through, and gets the one form of an error.
 */
export function createMissingPage(): Routes {
  const routes = createRoutes();
  routes.get("*", (c, next) => {
    if (!prefersHtml(c.req.header("accept"))) return next();
    const nonce = styleNonce();
    const page = plainPage({ title: "There is no page here", body: BODY, nonce });
    return Promise.resolve(new Response(page, { status: 404, headers: pageHeaders({ nonce, keepsOpener: false }) }));
  });
  return routes;
}
