import { errorResponse } from "../../http/errors.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { AppError } from "../../kernel/errors.ts";
import { type ConsoleFile, readConsoleFiles } from "./console-files.ts";
import { escapeHtml, plainPage } from "./html.ts";
import { type Mailbox, mailboxPage, opensMailbox } from "./mailbox-page.ts";
import { pageHeaders, styleNonce } from "./page-headers.ts";

/** What the pages need of the rest of the house. */
export interface WebParts {
  /** Origin without a trailing slash. */
  readonly baseUrl: string;
  /** The address that a person pastes into an assistant. */
  readonly mcpUrl: string;
  /** Where the built console lies. */
  readonly consoleDirectory: string;
  readonly version: string;
  /** Mail that stays on this machine; null when a mail server carries it. */
  readonly mailbox: Mailbox | null;
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
  });
  if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
  if (file.gzipped === null || !takesGzip(request)) return new Response(file.bytes, { headers });
  headers.set("content-encoding", "gzip");
  return new Response(await file.gzipped(), { headers });
}

function consolePage(c: RequestContext, parts: WebParts, template: string): Response {
  const nonce = styleNonce();
  const html = filled(template, { nonce, "mcp-url": parts.mcpUrl, version: parts.version });
  return new Response(html, { headers: pageHeaders({ nonce, keepsOpener: c.req.path === CONSENT_PATH }) });
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

/**
 * The pages: `/app` and everything under it is the console, `/` leads there, `/mailbox` shows local mail. Only reads;
 * what a page does, it does through the API.
 */
export function createWebChannel(parts: WebParts): Routes {
  const routes = createRoutes();
  const files = readConsoleFiles(parts.consoleDirectory);
  const index = files.get("index.html");
  const template = index && new TextDecoder().decode(index.bytes);
  const page = (c: RequestContext): Response =>
    template === undefined ? notBuiltPage() : consolePage(c, parts, template);

  const fixedFile = (name: string, maxAge: string) => async (c: RequestContext) => {
    const file = files.get(name);
    return file ? fileResponse(c.req.raw, file, maxAge) : c.notFound();
  };

  routes.get("/", (c) => c.redirect("/app", 302));
  routes.get("/app", page);
  routes.get("/app/assets/:name", (c) =>
    fixedFile(`assets/${c.req.param("name")}`, `public, max-age=${YEAR}, immutable`)(c),
  );
  routes.get("/app/assets/*", (c) => c.notFound());
  for (const path of ["/app/favicon.svg", "/favicon.svg", "/favicon.ico"]) {
    routes.get(path, fixedFile("favicon.svg", "public, max-age=86400"));
  }
  routes.get("/app/*", page);
  for (const path of ["/", "/app", "/app/*"]) routes.all(path, wrongMethod);

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
