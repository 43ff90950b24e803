import { createAddressRule, type Resolve } from "./address-rule.ts";
import type { Check, Finding } from "./check.ts";
import { authorizeChecks } from "./checks/authorize.ts";
import { challengeChecks } from "./checks/challenge.ts";
import { corsChecks } from "./checks/cors.ts";
import { costChecks } from "./checks/costs.ts";
import { linkChecks } from "./checks/link.ts";
import { proxyChecks } from "./checks/proxy.ts";
import { reachChecks } from "./checks/reach.ts";
import { registrationChecks } from "./checks/registration.ts";
import { resourceChecks } from "./checks/resource.ts";
import { serverChecks } from "./checks/server.ts";
import { tokenChecks } from "./checks/token.ts";
import { Fault, Skipped } from "./fault.ts";
import { createProbe } from "./probe.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import { createVisit, type GivenClient, type Visit, type VisitParts } from "./visit.ts";

/** What to look at, and with what. */
export interface DoctorParts {
  /** The MCP address. */
  readonly url: string;
  readonly userAgent: string;
  readonly given?: GivenClient | undefined;
  readonly approve?: VisitParts["approve"];
  /** Where an approval comes back to. */
  readonly redirectUri?: string;
  /** Milliseconds that clients wait for an answer. */
  readonly patienceMs?: number;
  /** Where plain HTTP would answer; found out from the address unless a test says otherwise. */
  readonly plainUrl?: string | null;
  readonly resolve?: Resolve;
  readonly ca?: string;
  /** Told of each finding as it is made. */
  readonly tell?: (finding: Finding) => void;
}

/** What clients are known to wait (Claude: 10 s for discovery, registration and tokens). */
const PATIENCE_MS = 10_000;

/** The check that says whether anybody answers. */
const FIRST = "reach.answers";

/** How much longer the doctor waits, to say how slow it was. */
const LONGER_MS = 5000;

/** Plain HTTP is looked for only beside https on its usual port. */
function plainBeside(url: string): string | null {
  const { protocol, port, hostname, pathname } = new URL(url);
  return protocol === "https:" && port === "" ? `http://${hostname}${pathname}` : null;
}

/** Runs one check. Everything that a stranger may have written is cleaned here, at the one way out. */
async function findingOf({ id, title, run }: Check, visit: Visit, secrets: Secrets): Promise<Finding> {
  try {
    // Where nobody answers, one failure says it all.
    if (id !== FIRST) await visit.needs.refusal();
    return { id, title, status: "PASS", detail: secrets.clean(await run(visit)) };
  } catch (error) {
    if (error instanceof Skipped) return { id, title, status: "SKIP", detail: secrets.clean(error.message) };
    if (!(error instanceof Fault)) throw error;
    const cause = secrets.clean(error.message);
    return { id, title, status: "FAIL", detail: cause, cause, fix: secrets.clean(error.fix) };
  }
}

/**
 * Runs every check against a server, from outside, as clients do, one after the other.
 * @returns one finding for each check, always the same ids in the same order.
 */
export async function runDoctor(parts: DoctorParts): Promise<readonly Finding[]> {
  const secrets = createSecrets();
  const patienceMs = parts.patienceMs ?? PATIENCE_MS;
  const probe = createProbe({
    rule: createAddressRule(new URL(parts.url), parts.resolve),
    timeoutMs: patienceMs + LONGER_MS,
    userAgent: parts.userAgent,
    ca: parts.ca,
  });
  const visit = createVisit({
    url: parts.url,
    probe,
    secrets,
    given: parts.given,
    approve: parts.approve ?? null,
    redirectUri: parts.redirectUri ?? "http://127.0.0.1:49152/callback",
    plainUrl: parts.plainUrl === undefined ? plainBeside(parts.url) : parts.plainUrl,
    patienceMs,
  });
  const checks = [
    ...reachChecks,
    ...challengeChecks,
    ...resourceChecks,
    ...serverChecks,
    ...corsChecks,
    ...proxyChecks,
    ...registrationChecks,
    ...authorizeChecks,
    ...tokenChecks,
    ...linkChecks(visit),
    ...costChecks,
  ];
  secrets.hide(parts.given?.secret);
  const findings: Finding[] = [];
  try {
    for (const check of checks) {
      const finding = await findingOf(check, visit, secrets);
      findings.push(finding);
      parts.tell?.(finding);
    }
  } finally {
    probe.close();
  }
  return findings;
}
