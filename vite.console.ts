import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

/** What the first load of the console may weigh: its scripts, in gzip. */
const SCRIPT_LIMIT_KB = 250;

/** Prints what the first load weighs, and fails the build when it is too much. */
function firstLoadLimit(): Plugin {
  return {
    name: "first-load-limit",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((item) => item.type === "chunk");
      const bytes = chunks.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).byteLength, 0);
      const kilobytes = (bytes / 1000).toFixed(1);
      this.info(`Console script, first load: ${kilobytes} kB gzip of ${SCRIPT_LIMIT_KB} kB.`);
      if (bytes > SCRIPT_LIMIT_KB * 1000)
        this.error(`The console's script is ${kilobytes} kB, more than ${SCRIPT_LIMIT_KB} kB.`);
    },
  };
}

/** Builds the pages under `/app` into `dist/console`. The server fills in `{{nonce}}` for each response. */
export default defineConfig({
  root: "src/console",
  base: "/app/",
  html: { cspNonce: "{{nonce}}" },
  plugins: [react(), firstLoadLimit()],
  build: {
    outDir: "../../dist/console",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // Fonts stay files: the page's policy takes none from a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
