import { globSync, rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type EnvironmentOptions, type Plugin, type ViteBuilder, defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

/** What one widget may weigh, in gzip: a host loads it into every conversation that shows it. */
const WIDGET_LIMIT_KB = 40;

const OUTPUT = "dist/widgets";

/** Every widget by its name. */
const widgets = new Map(
  globSync("src/toolsets/*/*.widget.tsx")
    .toSorted()
    .map((file) => [basename(file, ".widget.tsx"), file] as const),
);

/** Where the build believes the page of a widget to lie. */
const pagePath = (name: string): string => resolve(`${name}.html`);

const pages = new Map([...widgets].map(([name, file]) => [pagePath(name), pageOf(name, file)]));

/** The page around a widget: nothing but the places for its styles and its script, which end up inside it. */
function pageOf(name: string, file: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<link rel="stylesheet" href="/src/ui/widget.css">
</head>
<body>
<div id="root"></div>
<script type="module" src="/${file}"></script>
</body>
</html>
`;
}

/** Hands the pages to the build, so that none has to lie in the tree. */
const widgetPages = (): Plugin => ({
  name: "widget-pages",
  enforce: "pre",
  resolveId: (id) => (pages.has(id) ? id : null),
  load: (id) => pages.get(id) ?? null,
});

/** Prints what each page weighs, and fails the build when one is too heavy or leaves a file beside it. */
const widgetLimit = (): Plugin => ({
  name: "widget-limit",
  writeBundle(_options, bundle) {
    for (const item of Object.values(bundle)) {
      if (item.type !== "asset" || !item.fileName.endsWith(".html"))
        this.error(`${item.fileName} is not inside its page.`);
      const kilobytes = gzipSync(item.source, { level: 9 }).byteLength / 1000;
      this.info(`${item.fileName}: ${kilobytes.toFixed(1)} kB gzip of ${WIDGET_LIMIT_KB} kB.`);
      if (kilobytes > WIDGET_LIMIT_KB) this.error(`${item.fileName} is too heavy.`);
    }
  },
});

/** Vite takes no hyphen in the name of an environment. */
const environmentName = (name: string): string => name.replaceAll("-", "_");

/** One build for each widget: each page is complete in itself. */
async function buildWidgets(builder: ViteBuilder): Promise<void> {
  rmSync(OUTPUT, { recursive: true, force: true });
  for (const name of widgets.keys()) {
    const environment = builder.environments[environmentName(name)];
    if (environment) await builder.build(environment);
  }
}

const environmentOf = (name: string): [string, EnvironmentOptions] => [
  environmentName(name),
  { consumer: "client", build: { rolldownOptions: { input: pagePath(name) } } },
];

/** Builds every `*.widget.tsx` into one self-contained page, `dist/widgets/<name>.html`. */
export default defineConfig({
  publicDir: false,
  plugins: [widgetPages(), viteSingleFile(), widgetLimit()],
  // Widgets are written against React's API; Preact speaks it in a tenth of the size.
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  build: {
    outDir: OUTPUT,
    emptyOutDir: false,
    target: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
  },
  environments: Object.fromEntries([...widgets.keys()].map(environmentOf)),
  builder: { buildApp: buildWidgets },
});
