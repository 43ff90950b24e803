import { globSync, rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type EnvironmentOptions, type Plugin, type ViteBuilder, defineConfig } from "vite";

/** What one widget may weigh, in gzip: a host loads it into every conversation that shows it. */
const WIDGET_LIMIT_KB = 40;

const STYLES = resolve("src/ui/widget.css");

/** Every widget by its name. */
const widgets = new Map(
  globSync("src/toolsets/*/*.widget.tsx")
    .toSorted()
    .map((file) => [basename(file, ".widget.tsx"), resolve(file)] as const),
);

/** Where a build begins: the widget, and the styles that all widgets share. */
const entries = new Map(
  [...widgets].map(([name, file]) => [
    `widget:${name}`,
    [STYLES, file].map((path) => `import ${JSON.stringify(path)};`).join("\n"),
  ]),
);

/** The whole widget in one page: a host shows it without asking any server for more. */
const pageOf = (name: string, styles: string, script: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${styles}</style>
</head>
<body>
<div id="root"></div>
<script type="module">${script.replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3C`)}</script>
</body>
</html>
`;

/** Hands out the beginnings, so that none has to lie in the tree. */
const widgetEntries = (): Plugin => ({
  name: "widget-entries",
  enforce: "pre",
  resolveId: (id) => (entries.has(id) ? id : null),
  load: (id) => entries.get(id) ?? null,
});

/** Puts each widget's page beside its script and styles, prints what it weighs, and fails when that is too much. */
const widgetPage = (): Plugin => ({
  name: "widget-page",
  enforce: "post",
  generateBundle(_options, bundle) {
    const files = Object.values(bundle);
    const script = files.find((file) => file.type === "chunk");
    const styles = files.find((file) => file.type === "asset" && file.fileName.endsWith(".css"));
    if (!script || styles?.type !== "asset" || files.length !== 2)
      throw new Error(`A widget is a script and its styles, not ${files.map((file) => file.fileName).join(", ")}.`);
    const name = basename(script.fileName, ".js");
    const page = pageOf(name, String(styles.source).trim(), script.code.trim());
    const kilobytes = gzipSync(page, { level: 9 }).byteLength / 1000;
    this.info(`${name}.html: ${kilobytes.toFixed(1)} kB gzip of ${WIDGET_LIMIT_KB} kB.`);
    if (kilobytes > WIDGET_LIMIT_KB) this.error(`${name}.html is too heavy.`);
    this.emitFile({ type: "asset", fileName: `${name}.html`, source: page });
  },
});

/** Vite takes no hyphen in the name of an environment. */
const environmentName = (name: string): string => name.replaceAll("-", "_");

/** One build for each widget: each is complete in itself. */
async function buildWidgets(builder: ViteBuilder): Promise<void> {
  // While widgets are watched, a server beside this offers them: none may be gone even for a moment.
  if (!builder.config.build.watch) rmSync(builder.config.build.outDir, { recursive: true, force: true });
  for (const name of widgets.keys()) {
    const environment = builder.environments[environmentName(name)];
    if (environment) await builder.build(environment);
  }
}

const environmentOf = (name: string): [string, EnvironmentOptions] => [
  environmentName(name),
  { consumer: "client", build: { rolldownOptions: { input: { [name]: `widget:${name}` } } } },
];

/**
 * Builds every `*.widget.tsx` into one self-contained page, `dist/widgets/<name>.html`, and into the two files that
 * pages of mcp2 name: `<name>.js`, and `mcp2.css` for all.
 */
export default defineConfig({
  publicDir: false,
  plugins: [widgetEntries(), widgetPage()],
  // Widgets are written against React's API; Preact speaks it in a tenth of the size.
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  build: {
    outDir: "dist/widgets",
    emptyOutDir: false,
    target: ["chrome123", "firefox121", "safari17.5"],
    modulePreload: false,
    cssCodeSplit: false,
    // Whatever a widget brings along is put inside it.
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    rolldownOptions: { output: { entryFileNames: "[name].js", assetFileNames: "mcp2.[ext]", codeSplitting: false } },
  },
  environments: Object.fromEntries([...widgets.keys()].map(environmentOf)),
  builder: { buildApp: buildWidgets },
});
