import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { missingDependencies, peerNamed } from "./peers.ts";

const ROOT = join(import.meta.dirname, "..", "..");

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "bellhop-bench-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function put(path: string, manifest: unknown): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), JSON.stringify(manifest));
}

test("the default peers run on what this project has installed", () => {
  for (const name of ["raw-fixed", "sdk-v2"])
    assert.deepEqual(missingDependencies(join(ROOT, "bench", "peers", name), ROOT), [], name);
});

test("a dependency counts only in exactly its version, the peer's own before the project's", (t) => {
  const [root, peer] = [folder(t), folder(t)];
  put(peer, { dependencies: { a: "1.0.0", "@s/b": "2.0.0", c: "3.0.0" } });
  put(join(root, "node_modules", "a"), { version: "1.0.0" });
  put(join(root, "node_modules", "@s", "b"), { version: "2.0.1" });
  assert.deepEqual(missingDependencies(peer, root), ["@s/b 2.0.0", "c 3.0.0"]);
  put(join(peer, "node_modules", "@s", "b"), { version: "2.0.0" });
  put(join(peer, "node_modules", "a"), { version: "0.9.0" });
  assert.deepEqual(missingDependencies(peer, root), ["a 1.0.0", "c 3.0.0"]);
});

test("an unknown peer is answered with the list of those there are", () => {
  assert.throws(() => peerNamed("nobody"), { name: "BenchError", message: /nobody[\s\S]*raw-fixed[\s\S]*sdk-v2/ });
});
