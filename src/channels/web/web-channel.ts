import { join } from "node:path";
import { errorResponse } from "../../http/errors.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { AppError } from "../../kernel/errors.ts";
import { type ConsoleFile, readConsoleFiles } from "./console-files.ts";
import { currentFiles } from "./current-files.ts";
import { docsFiles, readDocs } from "./docs.ts";
import { escapeHtml, plainPage } from "./html.ts";
import { type Mailbox, mailboxPage, opensMailbox } from "./mailbox-page.ts";
import { type Outside, pageHeaders, PICTURE_POLICY, styleNonce, SVG } from "./page-headers.ts";
import { SERVICE_WORKER_PATH, serviceWorkerResponse } from "./service-worker.ts";
import { type SiteFiles, siteFiles } from "./site-files.ts";
import { createSite } from "./site.ts";

/** What the pages need of the rest of the house. */
export interface WebParts {
  /** Origin without a trailing slash. */
  readonly baseUrl: string;
  /** The address that a person pastes into an assistant. */
  readonly mcpUrl: string;
  /** Where the built console lies. */
  readonly consoleDirectory: string;
  /** Where the Markdown of the documentation lies. */
  readonly docsDirectory: string;
  /** True in development: files that have changed are served as they are now. */
  readonly followsFiles: boolean;
  readonly version: string;
  /** Mail that stays on this machine; null when a mail server carries it. */
  readonly mailbox: Mailbox | null;
  /** Servers that the console's pages may work with, to sign people in. */
  readonly outside?: Outside;
}

const YEAR = 365 * 24 * 60 * 60;

/** The one page that an OAuth client opens in a popup. */
const CONSENT_PATH = "/app/consent";

/** Values that the built page leaves open, written as `{{name}}`. */
const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{([a-z-]+)\}\}/g, (_match, name: string) => escapeHtml(values[name] ?? ""));

function wrongMethod(c: RequestContext): Response {
  const response = errorResponse(c, new AppError("method_not_allowed", "This address can only be read."));
  response.headers.set("allow", "GET, HEAD");
  return response;
}

/** Whether gzip is among the accepted codings and not refused by a weight of 0 (RFC 9110 §12.5.3). */
function takesGzip(request: Request): boolean {
  const codings = (request.headers.get("accept-encoding") ?? "").toLowerCase().split(",");
  return codings.some((coding) => {
    const [name, weight] = coding.split(";").map((part) => part.trim());
    return name === "gzip" && !/^q=0(?:\.0*)?$/.test(weight ?? "");
  });
}

async function fileResponse(request: Request, file: ConsoleFile, maxAge: string): Promise<Response> {
  const headers = new Headers({
    "content-type": file.type,
    "cache-control": maxAge,
    etag: file.etag,
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    ...(file.type === SVG ? { "content-security-policy": PICTURE_POLICY } : {}),
  });
  if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
  if (file.gzipped === null || !takesGzip(request)) return new Response(file.bytes, { headers });
  headers.set("content-encoding", "gzip");
  return new Response(await file.gzipped(), { headers });
}

function consolePage(c: RequestContext, parts: WebParts, template: string): Response {
  const nonce = styleNonce();
  const html = filled(template, { nonce, "mcp-url": parts.mcpUrl, version: parts.version });
  const headers = pageHeaders({
    nonce,
    keepsOpener: c.req.path === CONSENT_PATH,
    ...(parts.outside ? { outside: parts.outside } : {}),
  });
  return new Response(html, { headers });
}

function notBuiltPage(): Response {
  const nonce = styleNonce();
  const body =
    "<h1>The pages are not built yet</h1>\n<p>Run <code>npm start</code> in the project's folder. It builds them and starts the server.</p>";
  return new Response(plainPage({ title: "Bellhop", body, nonce }), {
    status: 503,
    headers: pageHeaders({ nonce, keepsOpener: false }),
  });
}

/** What the build has left: the console, its page, and the site's files, which share its letters. */
interface Built {
  readonly files: ReadonlyMap<string, ConsoleFile>;
  readonly template: string | undefined;
  readonly site: SiteFiles;
}

function readBuilt(directory: string): Built {
  const files = readConsoleFiles(directory);
  const index = files.get("index.html");
  const letters = [...files.keys()].find((name) => /^assets\/inter-latin-wght-normal-.*\.woff2$/.test(name));
  return {
    files,
    template: index && new TextDecoder().decode(index.bytes),
    site: siteFiles(letters === undefined ? null : `/app/${letters}`),
  };
}

/** The pages for people who are not signed in. */
function siteOf(parts: WebParts, built: () => Built): Routes {
  const { baseUrl, mcpUrl, version, followsFiles, docsDirectory } = parts;
  const docs = currentFiles(followsFiles, docsFiles(docsDirectory), () => readDocs(docsDirectory));
  return createSite({ baseUrl, mcpUrl, version, docs, files: () => built().site });
}

/**
 * The pages: `/` and `/docs` are for everyone, `/app` and everything under it is the console, `/mailbox` shows local
 * mail. Only reads; what a page does, it does through the API. Mounted before the MCP channel, because a browser that
 * opens the address of assistants gets a page; every other request to it passes through.
 */
export function createWebChannel(parts: WebParts): Routes {
  const routes = createRoutes();
  const { consoleDirectory } = parts;
  const builtFiles = ["", "assets", "index.html"].map((name) => join(consoleDirectory, name));
  const built = currentFiles(parts.followsFiles, builtFiles, () => readBuilt(consoleDirectory));
  const page = (c: RequestContext): Response => {
    const { template } = built();
    return template === undefined ? notBuiltPage() : consolePage(c, parts, template);
  };

  const fixedFile = (name: string, maxAge: string) => async (c: RequestContext) => {
    const file = built().files.get(name);
    return file ? fileResponse(c.req.raw, file, maxAge) : c.notFound();
  };

  routes.route("/", siteOf(parts, built));
  routes.get("/app", page);
  routes.get("/app/assets/:name", (c) =>
    fixedFile(`assets/${c.req.param("name")}`, `public, max-age=${YEAR}, immutable`)(c),
  );
  routes.get("/app/assets/*", (c) => c.notFound());
  for (const path of ["/app/favicon.svg", "/favicon.svg", "/favicon.ico"]) {
    routes.get(path, fixedFile("favicon.svg", "public, max-age=86400"));
  }
  routes.get(SERVICE_WORKER_PATH, serviceWorkerResponse);
  routes.get("/app/*", page);
  for (const path of ["/", "/app", "/app/*", "/docs", "/docs/*", "/llms.txt"]) routes.all(path, wrongMethod);

  routes.get("/mailbox", (c, next) => {
    const { mailbox } = parts;
    if (mailbox === null || !opensMailbox(c.req.raw, parts.baseUrl, mailbox)) return next();
    const nonce = styleNonce();
    return Promise.resolve(
      new Response(mailboxPage(mailbox, nonce), { headers: pageHeaders({ nonce, keepsOpener: false }) }),
    );
  });
  return routes;
}
