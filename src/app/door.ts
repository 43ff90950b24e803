import { createCallLimits } from "../adapters/limits/call-limits.ts";
import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { createInvoke, type InvokeParts } from "../kernel/invoke.ts";
import { createResume, type ResumeParts } from "../kernel/resume.ts";
import { createRunner } from "../work/runner.ts";
import type { openEffects } from "./effects.ts";
import type { AppParts } from "./parts.ts";
import { reporter } from "./reporter.ts";

/** An answer always comes within this time. */
const DEADLINE_MS = 25_000;
/** How long a worker waits at most before it looks for itself. */
const LOOK_MS = 5_000;
/** How long the stop of a process waits for the runs of jobs. */
const GRACE_MS = 5_000;

interface Behind {
  readonly database: Database;
  readonly clock: Clock;
  readonly effects: Pick<Awaited<ReturnType<typeof openEffects>>, "effects" | "jobs" | "report">;
}

/** The one door, the counters that stand at it, and who runs what was stored. */
export function createDoor(
  { config, log, deadlineMs = DEADLINE_MS, door: changed = (whole) => whole }: AppParts,
  { database, clock, effects: { effects, jobs, report } }: Behind,
  parts: Pick<InvokeParts<Handle>, "toolsets" | "roles" | "entitlementOf"> &
    Pick<ResumeParts<Handle>, "readmit" | "requireTool">,
) {
  const callLimits = createCallLimits({
    query: database.query,
    clock,
    perMinute: config.callsPerMinute,
    report: (error) => log.error({ err: error }, "The calls of people could not be counted together."),
  });
  const door = { ...parts, ledger: effects, handle: database.handle, clock, report: reporter(log) };
  const invoke = createInvoke(
    changed({
      ...door,
      limits: callLimits,
      jobs,
      addresses: {
        approval: (id) => `${config.baseUrl}/app/approvals/${id}`,
        job: (id) => `${config.baseUrl}/app/jobs/${id}`,
      },
      deadlineMs,
    }),
  );
  const runner = createRunner({
    jobs,
    resume: createResume(door),
    concurrency: config.jobs.atOnce,
    lookMs: LOOK_MS,
    graceMs: GRACE_MS,
    report,
  });
  return { invoke, runner, callLimits };
}
