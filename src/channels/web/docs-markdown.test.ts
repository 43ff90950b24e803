import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { renderMarkdown } from "./docs-markdown.ts";

const places = {
  link: (href: string) => (href.startsWith("https://") || href.startsWith("#") ? href : null),
  picture: (href: string) => (href === "door.svg" ? "/docs/door.svg" : null),
};
const render = (source: string) => renderMarkdown(source, places);

/** The elements and attributes that a rendered page may hold. */
const ALLOWED =
  /^<\/?(?:h[1-6]|p|em|strong|del|code|pre|div|ul|ol|li|blockquote|hr|br|table|thead|tbody|tr|th|td|a|img|input)\b(?: (?:id|class|href|src|alt|tabindex|role|aria-label|data-copy|data-language|scope|start|checked|disabled|type)="[^"<>]*")*>$/;

const markup = (html: string): readonly string[] => html.match(/<[^>]*>?/g) ?? [];

test("headings have names for the table of contents, one each", () => {
  const { title, headings, html } = render(
    "# The `page`\n\n## A *link*, twice\n\n### Deeper\n\n#### Too deep\n\n## A link, twice",
  );
  assert.equal(title, "The page");
  assert.deepEqual(headings, [
    { depth: 2, id: "a-link-twice", text: "A link, twice" },
    { depth: 3, id: "deeper", text: "Deeper" },
    { depth: 2, id: "a-link-twice-1", text: "A link, twice" },
  ]);
  for (const { id } of headings) assert.ok(html.includes(`id="${id}"`));
});

test("markup in a page is text; a comment is nothing", () => {
  const { html } = render(
    '<!-- made -->\n\n<b onclick="x()">bold</b> <script>alert("1 < 2")</script>\n\n<div>\nblock\n</div>\n\nend <!-- inline -->',
  );
  assert.ok(html.includes("&lt;b onclick=&quot;x()&quot;&gt;bold&lt;/b&gt;"));
  assert.ok(html.includes("&lt;script&gt;alert(&quot;1 &lt; 2&quot;)&lt;/script&gt;"));
  assert.doesNotMatch(html, /<!--|made|<script|<div|<b/);
});

test("a link or picture leads only where it may; elsewhere its words stay", () => {
  const { html } = render(
    "[good](https://example.com/?a=1&b=2) [part](#part) [script](javascript:alert(1)) [hidden](java&#115;cript:x) " +
      '[data](data:text/html,x) [quote](https://example.com/"onx="1) ![door](door.svg) ![far](https://example.com/x.png)',
  );
  assert.ok(html.includes('<a href="https://example.com/?a=1&amp;b=2">good</a>'));
  assert.ok(html.includes('<a href="#part">part</a> script hidden data'));
  assert.ok(html.includes('href="https://example.com/&quot;onx=&quot;1"'));
  assert.ok(html.includes('<img src="/docs/door.svg" alt="door"> far'));
});

test("code and tables can be scrolled by keyboard, and code keeps every character", () => {
  const { html } = render('```ts"><b>\nif (a < b && c) return "<i>";\n```\n\n| a | b |\n| - | - |\n| `x` | <i>y</i> |');
  assert.ok(html.includes('<pre tabindex="0" data-language="ts&quot;&gt;&lt;b&gt;"><code>'));
  assert.ok(html.includes("if (a &lt; b &amp;&amp; c) return &quot;&lt;i&gt;&quot;;</code>"));
  assert.match(html, /<div class="table" role="group" aria-label="Table" tabindex="0"><table>/);
  assert.ok(html.includes("<td><code>x</code></td><td>&lt;i&gt;y&lt;/i&gt;</td>"));
});

test("whatever a page holds, only known elements and attributes come out of it", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      ..."<script>,</script>,<img src=x onerror=y>,](javascript:x),![,[a](,```,`,|,\n,\n\n,# ,- ,1. ,> ,<!--,-->,&lt;,\",',<svg/onload=x>,https://a.b/<c>,* ,**,~~,<a@b.c>,- [ ] ,\\".split(
        ",",
      ),
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { html } = render(pieces.join(""));
      for (const tag of markup(html)) assert.match(tag, ALLOWED);
    }),
    { numRuns: 2000, seed: 20261121 },
  );
});
