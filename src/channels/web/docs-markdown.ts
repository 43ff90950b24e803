import { Marked, type Token, type Tokens } from "marked";
import { escapeHtml } from "./html.ts";

/** A heading that the table of contents names. */
export interface DocsHeading {
  readonly depth: number;
  readonly id: string;
  readonly text: string;
}

/** A page of Markdown, made safe to show. */
export interface RenderedMarkdown {
  /** The first heading. */
  readonly title: string;
  readonly html: string;
  /** Headings of the second and third level, in their order. */
  readonly headings: readonly DocsHeading[];
}

/** Where the links and pictures of a page lead; null for a place that it may not name. */
export interface DocsPlaces {
  link(href: string): string | null;
  picture(href: string): string | null;
}

/** The words alone, without what makes them bold, code or a link. */
const wordsOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token) =>
      "tokens" in token && token.tokens ? wordsOf(token.tokens) : "text" in token ? `${token.text}` : "",
    )
    .join("");

/** The name of a heading in an address, as readers of Markdown elsewhere expect it; a second one of a name is numbered. */
function anchors(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const name = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s+/g, "-");
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  };
}

const COMMENT = /^<!--[^]*?-->\s*/;

function headingHtml(token: Tokens.Heading, words: string, id: string): string {
  const { depth } = token;
  const own = depth === 1 ? "" : ` id="${escapeHtml(id)}"`;
  return `<h${depth}${own}>${words}</h${depth}>\n`;
}

/** Code scrolls sideways, so the keyboard must reach it (WCAG 2.1.1). */
const codeHtml = ({ text, lang }: Tokens.Code): string =>
  `<div class="code" data-copy="this code"><pre tabindex="0"${lang ? ` data-language="${escapeHtml(lang)}"` : ""}><code>${escapeHtml(text)}</code></pre></div>\n`;

/** A table scrolls sideways as well. */
const scrolling = (rows: string): string =>
  `<div class="table" role="group" aria-label="Table" tabindex="0"><table>${rows}</table></div>\n`;

/** What renders one page and gathers its headings; made anew for each, since it counts their names. */
function rendererFor(places: DocsPlaces, headings: DocsHeading[]): Marked {
  const anchor = anchors();
  const marked = new Marked({ gfm: true, async: false });
  marked.use({
    // Markup in a page is text like any other: only a comment is taken out of it.
    tokenizer: {
      html(source) {
        const comment = COMMENT.exec(source)?.[0];
        return comment === undefined ? undefined : { type: "html", raw: comment, text: "", block: true, pre: false };
      },
      tag: () => undefined,
    },
    renderer: {
      html: () => "",
      heading(token) {
        const text = wordsOf(token.tokens);
        const id = anchor(text);
        headings.push({ depth: token.depth, id, text });
        return headingHtml(token, this.parser.parseInline(token.tokens), id);
      },
      code: codeHtml,
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const target = places.link(href);
        return target === null ? words : `<a href="${escapeHtml(target)}">${words}</a>`;
      },
      image({ href, text }) {
        const source = places.picture(href);
        return source === null ? escapeHtml(text) : `<img src="${escapeHtml(source)}" alt="${escapeHtml(text)}">`;
      },
      table({ header, rows }) {
        const row = (cells: readonly Tokens.TableCell[], tag: string): string =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag.split(" ")[0]}>`).join("")}</tr>`;
        const body = rows.map((cells) => row(cells, "td")).join("\n");
        return scrolling(`<thead>${row(header, 'th scope="col"')}</thead>\n<tbody>${body}</tbody>`);
      },
    },
  });
  return marked;
}

/** Renders a page: raw HTML becomes text, and a link or picture leads only where `places` says. */
export function renderMarkdown(source: string, places: DocsPlaces): RenderedMarkdown {
  const headings: DocsHeading[] = [];
  const html = rendererFor(places, headings).parse(source, { async: false });
  return {
    title: headings.find(({ depth }) => depth === 1)?.text ?? "",
    html,
    headings: headings.filter(({ depth }) => depth === 2 || depth === 3),
  };
}
