const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text made safe for HTML content and for quoted attributes (HTML §13.3). */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

/** Parts of a page that the server writes itself. `body` is HTML and must hold escaped text only. */
interface PlainPage {
  readonly title: string;
  readonly body: string;
  /** Allows the page's one style element under its policy. */
  readonly nonce: string;
}

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 40rem; padding: 2rem 1.25rem 4rem; font: 1rem/1.6 system-ui, sans-serif;
  background: light-dark(#faf7f0, #171511); color: light-dark(#1f1b16, #efe9dd); }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 0.5rem; }
h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0.25rem 0; }
small, .quiet { color: light-dark(#6a6155, #a89e8d); font-size: 0.875rem; }
article { border-top: 1px solid light-dark(#e3dccd, #37322a); padding: 1.25rem 0; margin-top: 1.25rem; }
pre { font: 0.9375rem/1.6 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.75rem 0 0; }
a { color: inherit; }
code { font: 0.9375em ui-monospace, monospace; }
`;

/** A whole HTML page that needs no script and no file. */
export function plainPage(page: PlainPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style nonce="${page.nonce}">${STYLE}</style>
</head>
<body>
<main>
${page.body}
</main>
</body>
</html>
`;
}
