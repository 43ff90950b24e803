import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../bellhop.ts";
import { linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { startBearerProxy } from "./bearer-proxy.ts";
import { notYet } from "./not-yet.ts";
import { startServer } from "./server.ts";
import { runAuthorizationScenarios, runServerScenarios } from "./suite.ts";
import { type Outcome, type Verdict, judgeAll } from "./verdict.ts";
import { agree, registerNative } from "./visitor.ts";

/** Runs the whole suite against a server of its own. @param directory is empty, and removed by the caller. */
async function runSuite(directory: string): Promise<Outcome[]> {
  const privy = await privyApp();
  const app = await startServer(join(directory, "data"), privy);
  const { access_token: accessToken } = await linkWithPrivy(app.baseUrl, privy);
  const proxy = await startBearerProxy(app.baseUrl, accessToken);
  try {
    const port = await freePort();
    const visitor = {
      issuer: app.baseUrl,
      resource: app.mcpUrl,
      clientId: await registerNative(app.baseUrl, `http://127.0.0.1:${port}/callback`),
      port,
      visit: (authorizeUrl: string) => agree(app.baseUrl, authorizeUrl, privy),
    };
    return [
      ...(await runServerScenarios(`${proxy.url}/mcp`, directory)),
      ...(await runAuthorizationScenarios(visitor, directory)),
    ];
  } finally {
    await proxy.close();
    await app.close();
  }
}

const show = ({ scenario, era, kind, notes }: Verdict): string =>
  [`${kind.padEnd(7)}  ${era}  ${scenario}`, ...notes.map((note) => `           ${note}`)].join("\n");

/**
 * Runs the official suite against the real server and prints a verdict for every scenario in both eras, at last the line
 * that counts them.
 * @returns true when everything that applies has passed, and the list of what does not apply is true.
 */
export async function runConformance(print: (line: string) => void): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), "bellhop-conformance-"));
  try {
    const verdicts = judgeAll(await runSuite(directory), notYet);
    const count = (kind: Verdict["kind"]): number => verdicts.filter((verdict) => verdict.kind === kind).length;
    // What failed stands last, just above the line that counts.
    for (const kind of ["passed", "not yet", "failed"] as const)
      for (const verdict of verdicts) if (verdict.kind === kind) print(show(verdict));
    print(
      `conformance: ${count("passed")} passed, ${count("failed")} failed, ` +
        `${count("not yet")} not applicable yet (listed in test/conformance/not-yet.ts)`,
    );
    return count("failed") === 0;
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (import.meta.main && !(await runConformance(console.log))) process.exitCode = 1;
