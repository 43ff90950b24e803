import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

/** What the first load of any page may weigh: its scripts, in gzip. */
const SCRIPT_LIMIT_KB = 250;

/** A script that the build made, and the others that it takes with it: at once, or when they are needed. */
interface Chunk {
  readonly code: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly dynamicImports: readonly string[];
}

type Chunks = ReadonlyMap<string, Chunk>;

/** Names of all scripts that come with these. */
function withImports(chunks: Chunks, names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(chunks.get(name)?.imports ?? []));
  }
  return seen;
}

/** Weighs every page: the entry's scripts and its own. */
function weighPages(chunks: Chunks): readonly { readonly page: string; readonly kilobytes: number }[] {
  const weights = new Map([...chunks].map(([name, { code }]) => [name, gzipSync(code, { level: 9 }).byteLength]));
  const entries = [...chunks].filter(([, { isEntry }]) => isEntry);
  const pages = new Set(entries.flatMap(([, { dynamicImports }]) => dynamicImports));
  const entryNames = entries.map(([name]) => name);
  return [...pages].map((page) => {
    const names = withImports(chunks, [...entryNames, page]);
    const bytes = [...names].reduce((sum, name) => sum + (weights.get(name) ?? 0), 0);
    return { page, kilobytes: bytes / 1000 };
  });
}

/** Prints what the first load of the heaviest page weighs, and fails the build when it is too much. */
function firstLoadLimit(): Plugin {
  return {
    name: "first-load-limit",
    generateBundle(_options, bundle) {
      const chunks = new Map(
        Object.values(bundle).flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])),
      );
      const pages = weighPages(chunks).toSorted((one, other) => other.kilobytes - one.kilobytes);
      // A console without pages is none.
      const [heaviest = { page: "Nothing", kilobytes: Number.POSITIVE_INFINITY }] = pages;
      for (const { page, kilobytes } of pages) this.info(`${page}: ${kilobytes.toFixed(1)} kB gzip on first load.`);
      const words = `Console script, first load: ${heaviest.kilobytes.toFixed(1)} kB gzip of ${SCRIPT_LIMIT_KB} kB.`;
      if (heaviest.kilobytes > SCRIPT_LIMIT_KB) this.error(`${words} ${heaviest.page} is too heavy.`);
      this.info(words);
    },
  };
}

/**
 * Holds the first picture back until the script has run: until then there is nothing to see but the colour of the
 * paper, and only the script knows whether the person has chosen another.
 */
const drawAfterScript = (): Plugin => ({
  name: "draw-after-script",
  transformIndexHtml: {
    order: "post",
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
});

/** Builds the pages under `/app` into `dist/console`. The server fills in `{{nonce}}` for each response. */
export default defineConfig({
  root: "src/console",
  base: "/app/",
  html: { cspNonce: "{{nonce}}" },
  plugins: [react(), firstLoadLimit(), drawAfterScript()],
  build: {
    outDir: "../../dist/console",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // Fonts stay files: the page's policy takes none from a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What several pages use comes as one file: over HTTP/1.1 every file waits for one of six connections.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } } },
  },
});
