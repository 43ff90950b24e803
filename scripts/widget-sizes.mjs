/**
 * Prints what each widget weighs in gzip, beside one that does nothing, on React and on Preact: what a widget costs
 * beyond its framework. Fails when one is over the limit, as their build does. Runs under Node 24.
 */
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { inRoot, root } from "./parts/paths.mjs";

/** What one widget may weigh, in kB of gzip: a host loads it into every conversation that shows it. */
const LIMIT = 40;

const BARE = `import { createElement } from "react";
import { createRoot } from "react-dom/client";
createRoot(document.getElementById("root")).render(createElement("p", null, "Hello"));`;

const kilobytes = (/** @type {string | Uint8Array} */ content) => gzipSync(content, { level: 9 }).byteLength / 1000;

/** A widget that shows one word, built as ours are. */
async function bare(/** @type {Readonly<Record<string, string>>} */ alias) {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root,
    mode: "production",
    resolve: { alias },
    plugins: [
      { name: "bare", resolveId: (id) => (id === "bare" ? id : null), load: (id) => (id === "bare" ? BARE : null) },
    ],
    build: { write: false, modulePreload: false, rolldownOptions: { input: "bare" } },
  });
  const outputs = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
  const chunk = outputs.find((file) => file.type === "chunk");
  if (chunk?.type !== "chunk") throw new Error("The bare widget has no script.");
  return kilobytes(chunk.code);
}

function built() {
  try {
    return readdirSync(inRoot("dist", "widgets")).filter((name) => name.endsWith(".html"));
  } catch {
    return [];
  }
}

const widgets = built().map((name) => ({ name, size: kilobytes(readFileSync(inRoot("dist", "widgets", name))) }));
const frameworks = [
  { name: "bare React", size: await bare({}) },
  { name: "bare Preact", size: await bare({ react: "preact/compat", "react-dom": "preact/compat" }) },
];
for (const { name, size } of [...widgets, ...frameworks])
  console.log(`${name.padEnd(20)} ${size.toFixed(1).padStart(5)} kB gzip`);

const faults = widgets.filter(({ size }) => size > LIMIT).map(({ name }) => `${name} weighs more than ${LIMIT} kB.`);
if (widgets.length === 0) console.log("No widget has been built yet: `npm run build` does it.");
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
