import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { inherited } from "../bellhop.ts";
import type { Finding } from "./book.ts";

const SCRIPT = join(import.meta.dirname, "..", "..", "scripts", "chaos.mjs");

const moduleOf = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

/** `npm run chaos -- --rounds 3`, whose rounds on each database find this and start no server. */
function chaosThatFinds(found: Readonly<Record<"pglite" | "postgres", readonly Finding[]>>) {
  const rounds = moduleOf(`export const chaos = async (t, { engine }) => (${JSON.stringify(found)})[engine]`);
  const planted = moduleOf(
    `import { registerHooks } from "node:module";
    const url = ${JSON.stringify(rounds)};
    registerHooks({ resolve: (name, from, next) => (name === "./rounds.ts" ? { url, shortCircuit: true } : next(name, from)) });`,
  );
  return new Promise<{ readonly code: number | null; readonly lines: readonly string[] }>((resolve) => {
    const env = {
      ...inherited(),
      TEST_POSTGRES_URL: "postgresql://nowhere",
      CHROMIUM_PATH: "/nowhere",
      NODE_OPTIONS: `--import ${planted}`,
    };
    const child = execFile(process.execPath, [SCRIPT, "--rounds", "3"], { env }, (_error, output) =>
      resolve({ code: child.exitCode, lines: output.trimEnd().split("\n") }),
    );
  });
}

const nothing = { pglite: [], postgres: [] };
const lost = { trouble: "lost", what: "a receipt" } as const;
const twice = { trouble: "twice", what: "a payment" } as const;
const stuck = { trouble: "stuck", what: "a job" } as const;

test("the last line of the command counts what was found on both databases, and its exit status is not 0", async () => {
  const { code, lines } = await chaosThatFinds({ pglite: [twice, lost], postgres: [stuck, twice] });
  assert.equal(lines.at(-1), "3 rounds, 1 lost, 2 twice, 1 stuck");
  assert.equal(code, 1);
});

test("one trouble of any kind, on one database, is enough", async () => {
  for (const trouble of [lost, twice, stuck]) {
    assert.equal((await chaosThatFinds({ ...nothing, pglite: [trouble] })).code, 1, trouble.trouble);
    assert.equal((await chaosThatFinds({ ...nothing, postgres: [trouble] })).code, 1, trouble.trouble);
  }
});

test("where nothing was found the line says so, and the status is 0", async () => {
  const { code, lines } = await chaosThatFinds(nothing);
  assert.deepEqual([code, lines], [0, ["3 rounds, 0 lost, 0 twice, 0 stuck"]]);
});
