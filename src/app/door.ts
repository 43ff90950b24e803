import { createCallLimits } from "../adapters/limits/call-limits.ts";
import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { createInvoke, type InvokeParts } from "../kernel/invoke.ts";
import type { AppParts } from "./parts.ts";
import { reporter } from "./reporter.ts";

/** An answer always comes within this time. */
const DEADLINE_MS = 25_000;

/** The one door, and the counters that stand at it. */
export function createDoor(
  { config, log }: AppParts,
  database: Database,
  clock: Clock,
  parts: Pick<InvokeParts<Handle>, "toolsets" | "ledger" | "roles">,
) {
  const callLimits = createCallLimits({
    query: database.query,
    clock,
    perMinute: config.callsPerMinute,
    report: (error) => log.error({ err: error }, "The calls of people could not be counted together."),
  });
  const invoke = createInvoke({
    ...parts,
    handle: database.handle,
    clock,
    limits: callLimits,
    deadlineMs: DEADLINE_MS,
    report: reporter(log),
  });
  return { invoke, callLimits };
}
