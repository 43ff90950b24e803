/** Type, colour and space of the pages that the server writes itself: those of the console, in its own words. */
const PAPER_AND_INK = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#faf7f0, #171511);
  --sheet: light-dark(#fffdf8, #1f1c17);
  --ink: light-dark(#1f1b16, #efe9dd);
  --ink-quiet: light-dark(#6a6155, #a89e8d);
  --line: light-dark(#e3dccd, #37322a);
  --line-strong: light-dark(#8f8576, #7d7464);
  --brass: light-dark(#80631f, #d4b063);
  --brass-wash: light-dark(#f5edd8, #2b2517);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace;
}
html { background: var(--paper); scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); font: 1rem/1.5 "Inter Variable", system-ui, sans-serif; overflow-wrap: anywhere;
  -webkit-font-smoothing: antialiased; }
h1, h2, h3 { font-weight: 600; letter-spacing: -0.01em; text-wrap: balance; }
h1 { margin: 0; font-size: 1.75rem; line-height: 2.25rem; letter-spacing: -0.02em; }
h2 { margin: 0; font-size: 1.25rem; line-height: 1.75rem; }
h3 { margin: 0; font-size: 1rem; line-height: 1.5rem; }
p { margin: 0; }
p, li { text-wrap: pretty; }
strong { font-weight: 600; }
a { color: inherit; text-decoration-color: var(--line-strong); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--brass); outline-offset: 2px; }
code { font: 0.875em/1.5 var(--mono); }
pre { margin: 0; }
ul, ol { margin: 0; padding-inline-start: 1.5rem; }
.quiet { color: var(--ink-quiet); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; inset-inline-start: 1rem; top: -4rem; z-index: 1; padding: 0.75rem 1rem;
  border-radius: 0.5rem; background: var(--ink); color: var(--paper); }
.skip:focus { top: 1rem; }
`;

const FRAME = `
.frame { box-sizing: border-box; display: flex; flex-direction: column; min-height: 100dvh; max-width: 60rem;
  margin: 0 auto; padding: 0 1.5rem; }
.frame.is-wide { max-width: 80rem; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 0 2rem; min-height: 4.5rem;
  border-bottom: 1px solid var(--line); }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2.75rem; font-weight: 600;
  letter-spacing: -0.01em; text-decoration: none; }
.head nav { margin-inline-start: auto; }
.head ul { display: flex; gap: 1.5rem; padding: 0; list-style: none; }
.head nav a { display: inline-flex; align-items: center; min-height: 2.75rem; color: var(--ink-quiet);
  text-decoration: none; }
.head nav a:hover { color: var(--ink); }
.head nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 0 currentColor; }
main { flex: 1; padding: 3rem 0 4rem; }
.foot { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; padding: 1.5rem 0; border-top: 1px solid var(--line);
  color: var(--ink-quiet); font-size: 0.875rem; }
@media (max-width: 40rem) {
  .frame { padding: 0 1rem; }
  .head { padding: 0.5rem 0; }
  .head nav { margin: 0; }
  main { padding: 2rem 0 3rem; }
}
`;

const VALUES = `
.code { display: flex; align-items: flex-start; border: 1px solid var(--line); border-radius: 0.5rem;
  background: var(--sheet); }
.code pre { flex: 1; min-width: 0; padding: 0.75rem 1rem; border-radius: inherit; overflow-x: auto; }
.code code { font-size: 0.875rem; }
.value pre { white-space: pre-wrap; }
.copy { flex: none; min-width: 4.5rem; height: 2rem; margin: 0.4375rem; padding: 0 0.75rem;
  border: 1px solid var(--line-strong); border-radius: 0.375rem; background: var(--sheet); color: var(--ink);
  font: 600 0.875rem/1 "Inter Variable", system-ui, sans-serif; cursor: pointer; }
.copy:hover { background: var(--brass-wash); }
.value.is-first { border-color: var(--brass); background: var(--brass-wash); }
.value.is-first .copy { border-color: var(--brass); background: var(--brass); color: var(--paper); }
.button { display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0 1.25rem;
  border: 1px solid var(--line-strong); border-radius: 0.5rem; background: var(--sheet); font-weight: 600;
  text-decoration: none; }
.button:hover { background: var(--brass-wash); }
@media (max-width: 40rem) {
  .code { flex-direction: column; }
  .code pre { align-self: stretch; }
  .copy { align-self: flex-end; margin-top: 0; }
}
.note { padding: 0.75rem 1rem; border-inline-start: 3px solid var(--line-strong); border-radius: 0 0.5rem 0.5rem 0;
  background: var(--sheet); }
`;

const CONNECT = `
.lead { max-width: 40rem; margin-top: 0.5rem; color: var(--ink-quiet); }
.hero { display: grid; gap: 1.5rem; justify-items: start; }
.hero .lead { font-size: 1.125rem; line-height: 1.75rem; }
.address { width: 100%; max-width: 40rem; display: grid; gap: 0.5rem; }
.promises { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1.5rem 2rem; margin: 3rem 0;
  padding: 1.5rem 0; border-block: 1px solid var(--line); }
.promises p { margin-top: 0.25rem; color: var(--ink-quiet); }
.connect { display: grid; gap: 1.5rem; margin-top: 2rem; }
h2 + .connect { margin-top: 0.75rem; }
.jump { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; list-style: none; }
.jump a { display: inline-block; padding: 0.25rem 0; }
.way { display: grid; grid-template-columns: 11rem minmax(0, 40rem); gap: 0.75rem 2rem; padding-top: 1.5rem;
  border-top: 1px solid var(--line); }
.way > div, .note { display: grid; gap: 0.75rem; }
.way ol { display: grid; gap: 0.75rem; }
.way li > .code { margin-top: 0.5rem; }
@media (max-width: 40rem) { .way { grid-template-columns: minmax(0, 1fr); } }
`;

const DOCS = `
.docs { display: grid; grid-template-columns: 12rem minmax(0, 1fr) 13rem; gap: 2rem 3rem; align-items: start; }
.docs > nav, .contents-wide { position: sticky; top: 1.5rem; max-height: calc(100dvh - 3rem); overflow-y: auto; font-size: 0.9375rem; }
.docs nav ul { padding: 0; list-style: none; }
.docs nav a { display: block; padding: 0.25rem 0.5rem; border-radius: 0.25rem; color: var(--ink-quiet);
  text-decoration: none; }
.docs nav a:hover { color: var(--ink); text-decoration: underline; }
.docs nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 2px 0 0 0 currentColor;
  border-radius: 0; }
.contents-title { padding: 0.25rem 0.5rem; font-weight: 600; }
.contents-narrow { display: none; }
.is-deeper { padding-inline-start: 0.75rem; }
article { max-width: 46rem; }
article > * + * { margin-top: 1rem; }
article h2 { margin-top: 2.5rem; }
article h3 { margin-top: 1.75rem; }
article h2 + *, article h3 + * { margin-top: 0.5rem; }
article li + li { margin-top: 0.375rem; }
article li > .code, article li > ul, article li > ol { margin: 0.5rem 0; }
article :not(pre) > code { padding: 0.125rem 0.25rem; border-radius: 0.25rem; background: var(--brass-wash); }
article img { max-width: 100%; height: auto; }
article blockquote { margin-inline: 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line);
  color: var(--ink-quiet); }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.5rem 1rem 0.5rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top;
  overflow-wrap: break-word; }
th { color: var(--ink-quiet); font-weight: 400; }
td:first-child { min-width: 9rem; }
.turn { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 1rem; margin-top: 3rem; padding-top: 1.5rem;
  border-top: 1px solid var(--line); }
.docs .turn a { display: grid; padding: 0; color: inherit; text-decoration: underline;
  text-decoration-color: var(--line-strong); }
.turn span { color: var(--ink-quiet); font-size: 0.875rem; }
.turn .is-next { margin-inline-start: auto; text-align: end; }
.pages { display: grid; gap: 1rem; padding: 0; list-style: none; }
@media (max-width: 75rem) {
  .docs { grid-template-columns: 12rem minmax(0, 1fr); }
  .contents-wide { display: none; }
  .contents-narrow { display: block; }
  .contents-narrow summary { padding: 0.5rem 0; cursor: pointer; font-weight: 600; }
}
@media (max-width: 48rem) {
  .docs { grid-template-columns: minmax(0, 1fr); }
  .docs > nav { position: static; max-height: none; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
  .docs > nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; }
  .docs > nav a { padding-inline: 0; min-height: 2rem; }
  .docs nav a[aria-current] { box-shadow: inset 0 -2px 0 0 currentColor; }
  .docs .contents-narrow a { padding: 0.375rem 0; }
}
`;

/** Where the console's letters lie, so that these pages share them; null before the console is built. */
const letters = (font: string | null): string =>
  font === null
    ? ""
    : `@font-face { font-family: "Inter Variable"; font-style: normal; font-weight: 100 900; font-display: swap;
  src: url("${font}") format("woff2"); }`;

/** The style of every page that the server writes for people. @param font address of the Latin letters, or null. */
export const siteStyle = (font: string | null): string =>
  [letters(font), PAPER_AND_INK, FRAME, VALUES, CONNECT, DOCS].join("").trimStart();
