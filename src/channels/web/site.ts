import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import type { ConnectFacts } from "./connect-ways.ts";
import { connectPage } from "./connect-page.ts";
import { docsIndex, docsPage, missingDocsPage } from "./docs-page.ts";
import type { Docs } from "./docs.ts";
import { landingPage } from "./landing-page.ts";
import { llmsText } from "./llms-text.ts";
import { PICTURE_POLICY, SVG } from "./page-headers.ts";
import { prefersHtml } from "./prefers-html.ts";
import { type SiteFiles, siteFileRoutes } from "./site-files.ts";
import type { Site } from "./site-page.ts";

/** What the site is made of. */
export interface SiteParts extends ConnectFacts {
  readonly version: string;
  /** As they are now: in development a file may have changed since. */
  readonly files: () => SiteFiles;
  readonly docs: () => Docs;
}

const text = (body: string, type: string): Response =>
  new Response(body, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    },
  });

/** One address under `/docs/`: a page, the Markdown of a page, or a picture. */
function docsFile(site: Site, docs: Docs, name: string): Response {
  const page = docs.pages.find((one) => name === one.name || name === `${one.name}.md`);
  if (page) return name.endsWith(".md") ? text(page.markdown, "text/markdown") : docsPage(site, docs, page);
  const picture = docs.pictures.get(name);
  if (picture === undefined) return missingDocsPage(site, docs);
  const response = text(picture, SVG);
  response.headers.set("content-security-policy", PICTURE_POLICY);
  return response;
}

/**
 * The pages for people who are not signed in: `/` and what a browser sees at `/mcp`, `/docs`, and `/llms.txt`.
 * An assistant's request to `/mcp` passes through, whatever its method.
 */
export function createSite(parts: SiteParts): Routes {
  const { baseUrl, mcpUrl, version, docs } = parts;
  const facts = { baseUrl, mcpUrl };
  const site = (): Site => ({ version, files: parts.files() });
  const routes = createRoutes();

  routes.get("/", () => landingPage(site(), facts));
  for (const path of ["/mcp", "/mcp/"]) {
    routes.get(path, (c: RequestContext, next) => {
      const isBrowser = prefersHtml(c.req.header("accept")) && c.req.header("authorization") === undefined;
      return isBrowser ? Promise.resolve(connectPage(site(), facts)) : next();
    });
  }
  for (const path of ["/docs", "/docs/"]) routes.get(path, () => docsIndex(site(), docs()));
  routes.get("/docs/:name", (c) => docsFile(site(), docs(), c.req.param("name")));
  routes.get("/docs/*", () => missingDocsPage(site(), docs()));
  routes.get("/llms.txt", () => text(llmsText(facts, docs()), "text/plain"));
  routes.route("/", siteFileRoutes(parts.files));
  return routes;
}
