import type { Docs, DocsPage } from "./docs.ts";
import type { DocsHeading } from "./docs-markdown.ts";
import { escapeHtml } from "./html.ts";
import { type Site, siteResponse } from "./site-page.ts";

const DESCRIPTION = "How to run Bellhop, add a tool, and understand what it does.";

const entryHtml = (current: string | null) => (page: DocsPage) =>
  `<li><a href="/docs/${page.name}"${page.name === current ? ' aria-current="page"' : ""}>${escapeHtml(page.title)}</a></li>`;

const pagesNav = (docs: Docs, current: string | null): string =>
  `<nav aria-label="Pages"><ul>${docs.pages.map(entryHtml(current)).join("")}</ul></nav>`;

const headingHtml = ({ id, depth, text }: DocsHeading): string =>
  `<li${depth > 2 ? ' class="is-deeper"' : ""}><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`;

/** The table of contents twice: beside a wide page, and folded above a narrow one. A browser shows one of them. */
function contents({ headings }: DocsPage): { wide: string; narrow: string } {
  if (headings.length === 0) return { wide: "", narrow: "" };
  const list = `<ul>${headings.map(headingHtml).join("")}</ul>`;
  return {
    wide: `<nav class="contents-wide" aria-label="On this page"><p class="contents-title">On this page</p>${list}</nav>`,
    narrow: `<details class="contents-narrow"><summary>On this page</summary><nav aria-label="On this page">${list}</nav></details>`,
  };
}

const turnHtml = (page: DocsPage | undefined, rel: "prev" | "next", word: string): string =>
  page
    ? `<a class="is-${rel}" rel="${rel}" href="/docs/${page.name}"><span>${word}</span>${escapeHtml(page.title)}</a>`
    : "";

/** The page before and the page after. */
function turn(docs: Docs, page: DocsPage): string {
  const at = docs.pages.indexOf(page);
  const before = turnHtml(docs.pages[at - 1], "prev", "Previous");
  const after = turnHtml(docs.pages[at + 1], "next", "Next");
  return `<nav class="turn" aria-label="Before and after">${before}${after}</nav>`;
}

/** One page of the documentation, with the way to the others. */
export function docsPage(site: Site, docs: Docs, page: DocsPage): Response {
  const { wide, narrow } = contents(page);
  const body = `<div class="docs">
${pagesNav(docs, page.name)}
<div>
${narrow}
<article>
${page.html}</article>
${turn(docs, page)}
</div>
${wide}
</div>`;
  const title = `${page.title} · Bellhop`;
  return siteResponse(site, { title, description: page.summary, current: "/docs", body, wide: true });
}

const listedHtml = (page: DocsPage): string =>
  `<li><a href="/docs/${page.name}">${escapeHtml(page.title)}</a><br><span class="quiet">${escapeHtml(page.summary)}</span></li>`;

/** All pages, each with a line about it. */
function listPage(site: Site, docs: Docs, lead: string, title: string, status: number): Response {
  const body = `<h1>${title}</h1>
<p class="lead">${lead}</p>
<div class="connect"><ul class="pages">${docs.pages.map(listedHtml).join("\n")}</ul></div>`;
  return siteResponse(site, { title: `${title} · Bellhop`, description: DESCRIPTION, current: "/docs", body }, status);
}

/** `/docs`: every page by its title and a line. */
export const docsIndex = (site: Site, docs: Docs): Response => listPage(site, docs, DESCRIPTION, "Documentation", 200);

/** An address under `/docs` where nothing is. */
export const missingDocsPage = (site: Site, docs: Docs): Response =>
  listPage(site, docs, "Perhaps one of these is what you look for.", "There is no such page", 404);
