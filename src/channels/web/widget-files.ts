import { errorResponse } from "../../http/errors.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { AppError } from "../../kernel/errors.ts";
import { readCsp, sandboxPage, sandboxPolicy } from "./widget-sandbox.ts";

/** A built file of a widget. */
interface WidgetFile {
  readonly hash: string;
  readonly content: string;
}

/** What the addresses under `/widgets` are served from. */
interface WidgetFilesParts {
  /** Origin without a trailing slash. */
  readonly baseUrl: string;
  /** A file of this build by its plain name, such as `list-view.js`. */
  current(name: string): WidgetFile | null;
  /** A file of any build. */
  find(name: string, hash: string): Promise<WidgetFile | null>;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** `list-view.js`, or `list-view.0123456789abcdef.js` for the one build that has this hash. */
const FILE = /^([a-z0-9-]+)(?:\.([0-9a-f]{16}))?\.(css|html|js)$/;

/** What a name with a hash holds never changes; what a plain name holds changes with every build. */
const FOREVER = "public, max-age=31536000, immutable";
const ASK_FIRST = "no-cache";

function fileResponse(request: Request, file: WidgetFile, extension: string, cacheControl: string): Response {
  const headers = {
    "content-type": TYPES[extension] ?? "application/octet-stream",
    "cache-control": cacheControl,
    etag: `"${file.hash}"`,
    "x-content-type-options": "nosniff",
    // Hosts load these from origins of their own, and nothing in them is anyone's.
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
  };
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(headers.etag)) return new Response(null, { status: 304, headers });
  return new Response(file.content, { headers });
}

async function getFile(parts: WidgetFilesParts, c: RequestContext): Promise<Response> {
  const [, name, hash, extension = ""] = FILE.exec(c.req.param("file") ?? "") ?? [];
  const plainName = `${name}.${extension}`;
  const file = hash === undefined ? parts.current(plainName) : await parts.find(plainName, hash);
  if (!file) return c.notFound();
  const response = fileResponse(c.req.raw, file, extension, hash === undefined ? ASK_FIRST : FOREVER);
  // A page that someone opens by its address gets no part of this origin.
  if (extension === "html")
    response.headers.set("content-security-policy", sandboxPolicy(readCsp(null), parts.baseUrl));
  return response;
}

function getSandbox(parts: WidgetFilesParts, c: RequestContext): Response {
  return new Response(sandboxPage, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": ASK_FIRST,
      "content-security-policy": sandboxPolicy(readCsp(c.req.query("csp") ?? null), parts.baseUrl),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
  });
}

function wrongMethod(c: RequestContext): Response {
  const response = errorResponse(c, new AppError("method_not_allowed", "This address can only be read."));
  response.headers.set("allow", "GET, HEAD");
  return response;
}

/**
 * `/widgets/*`: the files that mcp2's pages name, the same under names with a hash, those of builds before, and the
 * sandbox in which the emulator shows a widget.
 */
export function createWidgetFiles(parts: WidgetFilesParts): Routes {
  const routes = createRoutes();
  routes.get("/widgets/sandbox", (c) => getSandbox(parts, c));
  routes.get("/widgets/:file", (c) => getFile(parts, c));
  routes.get("/widgets/*", (c) => c.notFound());
  routes.all("/widgets/*", wrongMethod);
  return routes;
}
