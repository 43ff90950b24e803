import { createHash } from "node:crypto";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { copyScript } from "./copy-script.ts";
import { siteStyle } from "./site-style.ts";

/** A file of the site: its name holds a digest of what it says, so that a browser may keep it. */
export interface SiteFile {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** The files that every page of the site names. */
export interface SiteFiles {
  readonly style: SiteFile;
  readonly script: SiteFile;
}

function siteFile(name: string, extension: string, type: string, text: string): SiteFile {
  const digest = createHash("sha256").update(text).digest("base64url").slice(0, 12);
  return { path: `/site/${name}-${digest}.${extension}`, type, text };
}

/** @param font address of the letters that the console brings; null before it is built. */
export const siteFiles = (font: string | null): SiteFiles => ({
  style: siteFile("site", "css", "text/css; charset=utf-8", siteStyle(font)),
  script: siteFile("copy", "js", "text/javascript; charset=utf-8", copyScript),
});

const response = (file: SiteFile): Response =>
  new Response(file.text, {
    headers: {
      "content-type": file.type,
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    },
  });

/** Serves the files under the names of this moment. */
export function siteFileRoutes(files: () => SiteFiles): Routes {
  const routes = createRoutes();
  routes.get("/site/:name", (c: RequestContext) => {
    const { style, script } = files();
    const file = [style, script].find(({ path }) => path === c.req.path);
    return file ? response(file) : c.notFound();
  });
  return routes;
}
