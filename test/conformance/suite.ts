import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { type Era, eras } from "./eras.ts";
import type { Check, Outcome } from "./verdict.ts";

/** Longer than the whole suite takes in one era, many times over. */
const PROGRAM_MS = 100_000;

const program = fileURLToPath(import.meta.resolve("@modelcontextprotocol/conformance/dist/index.js"));

/**
 * Runs the official program; its exit code only repeats what its results say, so it is not looked at.
 * @param reader sees the output grow; what it throws ends the program.
 */
async function conformance(
  args: readonly string[],
  reader: (output: string) => Promise<void> = async () => undefined,
): Promise<string> {
  const controller = new AbortController();
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    signal: controller.signal,
    timeout: PROGRAM_MS,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    reader(output).catch((error: unknown) => controller.abort(error));
  });
  await once(child, "close");
  return output;
}

interface Scenario {
  readonly name: string;
  readonly eras: readonly Era[];
}

/** Names in brackets; one that is not known here is a revision that nobody has thought about yet. */
const revision = z.enum(["2025-03-26", "2025-06-18", ...eras, "extension"]);

/** Extensions came with the newest revision and run there. */
const erasOf = (revisions: readonly string[]): readonly Era[] =>
  eras.filter((era) => revisions.includes(era) || (era === "2026-07-28" && revisions.includes("extension")));

/** What the suite holds. @throws Error when a scenario belongs to neither era: it would not be run. */
async function scenarios(leg: "server" | "authorization"): Promise<readonly Scenario[]> {
  const listed = [...(await conformance(["list", `--${leg}`])).matchAll(/^ {2}- (\S+) \[(\S+)\]$/gm)];
  if (listed.length === 0) throw new Error(`The suite lists no ${leg} scenarios.`);
  return listed.map(([, name = "", names = ""]) => {
    const found = { name, eras: erasOf(z.array(revision).parse(names.split(","))) };
    if (found.eras.length === 0) throw new Error(`${name} (${names}) belongs to neither era.`);
    return found;
  });
}

const checks = z.array(
  z.object({
    id: z.string(),
    status: z.enum(["SUCCESS", "FAILURE", "WARNING", "SKIPPED", "INFO"]),
    errorMessage: z.string().optional(),
    details: z.unknown().optional(),
  }),
);

/** The checks that a run has left in a directory; undefined when the scenario left none, as one that crashes does. */
function checksIn(directory: string, prefix: string, scenario: string): readonly Check[] | undefined {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const name = names.find((each) => each.replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, "") === `${prefix}-${scenario}`);
  const file = name && join(directory, name, "checks.json");
  return file && existsSync(file) ? checks.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

/**
 * Runs every scenario for a server, in each of its eras.
 * @param mcpUrl takes requests without a bearer.
 * @param directory for the suite's own reports.
 */
export async function runServerScenarios(mcpUrl: string, directory: string): Promise<Outcome[]> {
  const all = await scenarios("server");
  const outcomes: Outcome[] = [];
  for (const era of eras) {
    const folder = join(directory, era);
    await conformance(["server", "--url", mcpUrl, "--requirements", era, "--output-dir", folder]);
    for (const { name } of all.filter((scenario) => scenario.eras.includes(era))) {
      // The set of an era leaves out what came after it, such as the newest extensions: those run one by one.
      if (!checksIn(folder, "server", name)) {
        const one = ["--scenario", name, "--spec-version", era, "--force", "--output-dir", folder];
        await conformance(["server", "--url", mcpUrl, ...one]);
      }
      outcomes.push({ scenario: name, era, checks: checksIn(folder, "server", name) });
    }
  }
  return outcomes;
}

/** What the authorization scenarios need beside the server. */
interface Visitor {
  readonly issuer: string;
  readonly resource: string;
  /** Registered with `http://127.0.0.1:PORT/callback`. */
  readonly clientId: string;
  readonly port: number;
  /** Opens the address as a person would, and agrees. */
  readonly visit: (authorizeUrl: string) => Promise<void>;
}

/** Runs every scenario for an authorization server, in each era. @throws what `visit` throws. */
export async function runAuthorizationScenarios(visitor: Visitor, directory: string): Promise<Outcome[]> {
  const all = await scenarios("authorization");
  const outcomes: Outcome[] = [];
  for (const era of eras) {
    const folder = join(directory, `authorization-${era}`);
    const { issuer, clientId, port, resource } = visitor;
    const args = ["--url", issuer, "--client-id", clientId, "--port", String(port), "--resource", resource];
    let visited: Promise<void> | undefined;
    await conformance(["authorization", ...args, "--spec-version", era, "--output-dir", folder], async (output) => {
      const address = /^http\S+\/authorize\?\S+$/m.exec(output)?.[0];
      if (address) visited ??= visitor.visit(address);
      await visited;
    });
    for (const { name } of all.filter((scenario) => scenario.eras.includes(era)))
      outcomes.push({ scenario: name, era, checks: checksIn(folder, "authorization-server", name) });
  }
  return outcomes;
}
