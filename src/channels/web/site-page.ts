import { escapeHtml } from "./html.ts";
import { pageHeaders, styleNonce } from "./page-headers.ts";
import type { SiteFiles } from "./site-files.ts";

/** What is the same on every page of the site. */
export interface Site {
  readonly version: string;
  readonly files: SiteFiles;
}

/** One page of the site. `body` is HTML and must hold escaped text only. */
interface SitePage {
  readonly title: string;
  /** One line for whoever lists the page. */
  readonly description: string;
  /** The entry of the header that this page belongs to. */
  readonly current: "/mcp" | "/docs" | null;
  readonly body: string;
  /** A page with columns beside its text. */
  readonly wide?: boolean;
}

const ENTRIES = [
  { path: "/mcp", title: "Connect" },
  { path: "/docs", title: "Docs" },
  { path: "/app", title: "Console" },
] as const;

const entry = (current: SitePage["current"]) => (one: (typeof ENTRIES)[number]) =>
  `<li><a href="${one.path}"${one.path === current ? ' aria-current="true"' : ""}>${one.title}</a></li>`;

const header = (current: SitePage["current"]): string => `<header class="head">
<a class="brand" href="/"><img src="/favicon.svg" alt="" width="24" height="24">Bellhop</a>
<nav aria-label="Site"><ul>${ENTRIES.map(entry(current)).join("")}</ul></nav>
</header>`;

/** The whole page as HTML. It works without a script; the one that it names adds buttons to copy with. */
const pageHtml = ({ version, files }: Site, page: SitePage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(page.description)}">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
<link rel="stylesheet" href="${files.style.path}">
<script type="module" src="${files.script.path}"></script>
</head>
<body>
<a class="skip" href="#to-content">Skip to content</a>
<div class="frame${page.wide ? " is-wide" : ""}">
${header(page.current)}
<main id="to-content">
${page.body}
</main>
<footer class="foot"><span>Bellhop ${escapeHtml(version)}</span><a href="/llms.txt">llms.txt, for assistants that read</a></footer>
</div>
</body>
</html>
`;

/** Answers with a page of the site, under the policy of all our pages. */
export const siteResponse = (site: Site, page: SitePage, status = 200): Response =>
  new Response(pageHtml(site, page), { status, headers: pageHeaders({ nonce: styleNonce(), keepsOpener: false }) });
