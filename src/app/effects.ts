import { approvalTargets } from "../accounts/telling-later.ts";
import type { Config } from "../config/config.ts";
import type { Database, Handle } from "../database/handle.ts";
import { jobOf } from "../kernel/answer-later.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { type Json, wellFormed } from "../kernel/json.ts";
import { createSealer } from "../kernel/seal.ts";
import type { NewJob } from "../kernel/ports/jobs.ts";
import type { Operation } from "../kernel/ports/ledger.ts";
import type { Principal } from "../kernel/principal.ts";
import type { BoundTool } from "../kernel/tool.ts";
import { createApprovals, type Approvals } from "../ledger/approvals.ts";
import { createEffects, type EffectsLedger, type EffectsParts } from "../ledger/effects.ts";
import { createOwnOperations } from "../ledger/own-operations.ts";
import { createSpending } from "../ledger/spending.ts";
import { sweepEffects } from "../ledger/sweep-effects.ts";
import type { Backoff } from "../work/backoff.ts";
import { openJobs } from "../work/jobs.ts";
import { createOutbox } from "../work/outbox.ts";
import type { Senders } from "../work/outbox-medium.ts";
import { sweepWork } from "../work/sweep.ts";
import { openNews } from "./news.ts";
import type { Log } from "./parts.ts";
import { openReceipts } from "./receipts.ts";

interface EffectsRoomParts {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
  readonly backoff?: Backoff | undefined;
  readonly readmit: (principal: Principal) => Promise<Principal>;
  /** A tool of the registry, once that is built. */
  readonly tool: (name: string) => BoundTool<Handle> | undefined;
  /** Tells a person of what waits for them. */
  readonly senders: (approvals: Approvals) => Senders;
}

const shownArgs = (tool: BoundTool<Handle> | undefined, args: Json): Json =>
  tool ? wellFormed(tool.redact.shown(args)) : null;

/** How long a job is held, and waits. */
const pace = ({ config, backoff }: Pick<EffectsRoomParts, "config" | "backoff">) => ({
  leaseMs: config.jobs.leaseMs,
  ...(backoff && { backoff }),
});

const outboxPace = ({ backoff }: Pick<EffectsRoomParts, "backoff">) =>
  backoff && { times: { backoff, lastingBackoff: backoff } };

/** An approved call runs as a job of its tool, and only while the server has that tool. */
const approvedJob =
  (tool: EffectsRoomParts["tool"]) =>
  (operation: Pick<Operation, "tool" | "id" | "principal">, now: Date): NewJob => {
    const called = tool(operation.tool);
    if (!called) throw new AppError("unknown_tool", `There is no tool named ${operation.tool} any more.`);
    return jobOf(called, operation, "queued", now);
  };

/** Everything that opens, proves, decides and ends effects: receipts, operations, approvals, spending, jobs and their news. */
export async function openEffects(parts: EffectsRoomParts) {
  const { config, database, clock, log, masterSecret } = parts;
  const report = (error: unknown): void => log.error({ err: error }, "Something failed where nobody waits for it.");
  const sealer = createSealer(masterSecret, "operations");
  const feed = await openNews(database, clock, { changedSince: (...of) => approvals.changedSince(...of) });
  const receipts = openReceipts({ database, clock, masterSecret, log, feed });
  const spending = createSpending(config.spending);
  // Each of these needs the other; neither calls it before both are there.
  const closeUnrun: EffectsLedger["closeUnrun"] = (...of) => effects.closeUnrun(...of);
  const jobs = await openJobs({
    ...pace(parts),
    database,
    feed,
    sealer,
    closeCancelled: (handle, id, now) => closeUnrun(handle, id, "cancelled", now),
    report,
  });
  const effectsParts: EffectsParts = {
    database,
    clock,
    sealer,
    receipts: receipts.ledger,
    jobs,
    spending,
    report,
    tell: async (handle, { userId, id }) =>
      outbox.put(handle, { kind: "approval", userId, ref: id, to: await approvalTargets(handle, userId) }),
  };
  const effects = createEffects(effectsParts);
  const approvals = createApprovals({
    ...effectsParts,
    readmit: parts.readmit,
    jobOf: approvedJob(parts.tool),
  });
  const outbox = createOutbox({ ...effectsParts, ...outboxPace(parts), senders: parts.senders(approvals) });
  return {
    ...receipts,
    feed,
    sealer,
    /** Where nobody knows any more what in them is secret, none of the arguments is shown. */
    shown: (tool: string, args: Json): Json => shownArgs(parts.tool(tool), args),
    spending,
    jobs,
    outbox,
    effects,
    approvals,
    operations: createOwnOperations(effectsParts),
    report,
    /** What each minute ends: questions, dead calls, and jobs that waited too long. */
    sweepEffects: async (): Promise<void> => feed.announce(await sweepEffects(effectsParts)),
    sweepJobs: async (): Promise<void> => {
      await sweepWork({
        database,
        clock,
        feed,
        closeExpired: (handle, id, now) => closeUnrun(handle, id, "expired", now),
      });
    },
  };
}
