import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runDoctor } from "../../src/cli/doctor/run-doctor.ts";
import { freePort } from "../bellhop.ts";

test("every check is explained, in its order, and none that is not one", async () => {
  // Whoever does not answer still gets every check named.
  const findings = await runDoctor({ url: `http://localhost:${await freePort()}/mcp`, userAgent: "documentation" });
  const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "troubleshooting.md"), "utf8");
  const told = [...page.matchAll(/^\| `([a-z]+\.[a-z_]+)` /gm)].map(([, id]) => id);
  assert.deepEqual(
    told,
    findings.map(({ id }) => id),
  );
});
