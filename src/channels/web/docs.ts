import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { type DocsEntry, docsList } from "./docs-list.ts";
import { type DocsPlaces, type RenderedMarkdown, renderMarkdown } from "./docs-markdown.ts";

/** A page of the documentation, rendered. */
export interface DocsPage extends DocsEntry, RenderedMarkdown {
  /** As it was written. */
  readonly markdown: string;
}

/** The documentation, ready to serve. */
export interface Docs {
  readonly pages: readonly DocsPage[];
  /** Pictures by file name. */
  readonly pictures: ReadonlyMap<string, string>;
}

const isPage = (name: string): boolean => docsList.some((page) => page.name === name);

/** `page.md` and `page.md#part` of ours, a part of the same page, and https: nothing else is a link. */
function linkTo(href: string): string | null {
  if (href.startsWith("#") || /^https:\/\/[^/]/i.test(href)) return href;
  const [, name = "", part = ""] = /^(?:\.\/)?([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  return isPage(name) ? `/docs/${name}${part}` : null;
}

const placesWith = (pictures: ReadonlyMap<string, string>): DocsPlaces => ({
  link: linkTo,
  picture: (href) => (pictures.has(href) ? `/docs/${href}` : null),
});

/** Where the files lie that a page is made of, for whoever wants to know when one has changed. */
export const docsFiles = (directory: string): readonly string[] => [
  directory,
  ...docsList.map(({ name }) => join(directory, `${name}.md`)),
];

/** Reads and renders every page that is listed. @throws Error when one is missing. */
export function readDocs(directory: string): Docs {
  const names = readdirSync(directory).filter((name) => extname(name) === ".svg");
  const pictures = new Map(names.map((name) => [name, readFileSync(join(directory, name), "utf8")]));
  const places = placesWith(pictures);
  const pages = docsList.map((entry): DocsPage => {
    const markdown = readFileSync(join(directory, `${entry.name}.md`), "utf8");
    return { ...entry, markdown, ...renderMarkdown(markdown, places) };
  });
  return { pages, pictures };
}
