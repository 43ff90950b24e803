import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { sql } from "kysely";
import { migrations } from "../../src/app/migrations.ts";
import type { Database, Handle } from "../../src/database/handle.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import type { CallRequest, CallResult } from "../../src/kernel/call.ts";
import { createInvoke, type InvokeParts } from "../../src/kernel/invoke.ts";
import { jobOf } from "../../src/kernel/answer-later.ts";
import type { Principal } from "../../src/kernel/principal.ts";
import { createResume } from "../../src/kernel/resume.ts";
import { effectiveScopes } from "../../src/kernel/scopes.ts";
import { createSealer } from "../../src/kernel/seal.ts";
import type { Toolset } from "../../src/kernel/tool.ts";
import { registryOf } from "../../src/kernel/admit.ts";
import { createApprovals } from "../../src/ledger/approvals.ts";
import { createEffects, type EffectsParts } from "../../src/ledger/effects.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { createSpending, type SpendingSettings } from "../../src/ledger/spending.ts";
import { sweepEffects } from "../../src/ledger/sweep-effects.ts";
import { openFeed } from "../../src/work/feed.ts";
import { openJobs } from "../../src/work/jobs.ts";
import { createRunner } from "../../src/work/runner.ts";
import { eachEngine } from "../database.ts";
import { noAddresses } from "../kernel-ports.ts";
import { fixtureToolset, newOutside, notesTable, type Outside } from "./fixture.ts";

/** Every table of every room, and one to write to. */
export const tables = [...migrations, notesTable];

interface HouseParts {
  readonly toolsets: readonly Toolset<Handle>[];
  readonly deadlineMs?: number;
  readonly leaseMs?: number;
  readonly longestRunMs?: number;
  /** How long a run that is tried again waits. */
  readonly againMs?: number;
  readonly now?: () => Date;
  readonly spending?: Partial<SpendingSettings>;
  readonly readmit?: (principal: Principal) => Promise<Principal>;
  /** What people have bought; as much as they like where it is absent. */
  readonly bought?: Pick<InvokeParts<Handle>, "entitlementOf" | "limits">;
}

/** The door of one process: the real ledger, jobs and spending over a test's database, without HTTP. */
export type DoorHouse = Awaited<ReturnType<typeof openDoorHouse>>;

/** Opens the door as the app does. Jobs run once `runner.start()` is called. */
export async function openDoorHouse(database: Database, parts: HouseParts) {
  const clock = parts.now ?? (() => new Date());
  const problems: unknown[] = [];
  const told: string[] = [];
  const report = (error: unknown): void => void problems.push(error);
  const sealer = createSealer("a secret of a test that is long enough", "operations");
  const feed = await openFeed({ database, clock, sources: [] });
  const receipts = createLedger(database, clock);
  const spending = createSpending({
    caps: [],
    holdHours: 24,
    freshAboveUsd: "100",
    freshAfterClicks: 10,
    ...parts.spending,
  });
  const jobs = await openJobs({
    database,
    feed,
    sealer,
    leaseMs: parts.leaseMs ?? 30_000,
    closeCancelled: (handle, id, now) => effects.closeUnrun(handle, id, "cancelled", now),
    report,
    random: () => 0.5,
    backoff: { firstMs: parts.againMs ?? 20, mostMs: parts.againMs ?? 60 },
  });
  const held: string[] = [];
  const hold: typeof jobs.hold = (id) => {
    held.push(id);
    return jobs.hold(id);
  };
  const effectsParts: EffectsParts = {
    database,
    clock,
    sealer,
    receipts,
    jobs,
    spending,
    report,
    tell: async (_handle, { id }) => void told.push(id),
  };
  const effects = createEffects(effectsParts);
  const readmit = parts.readmit ?? (async (principal: Principal) => principal);
  const door = {
    toolsets: parts.toolsets,
    ledger: effects,
    handle: database.handle,
    clock,
    jobs: { ...jobs, hold },
    addresses: noAddresses,
    deadlineMs: parts.deadlineMs ?? 25_000,
    ...(parts.longestRunMs === undefined ? {} : { longestRunMs: parts.longestRunMs }),
    report,
    ...parts.bought,
  };
  const tools = registryOf(parts.toolsets);
  const approvals = createApprovals({
    ...effectsParts,
    readmit,
    jobOf(operation, now) {
      const tool = tools.get(operation.tool);
      if (!tool) throw new AppError("unknown_tool", "There is no such tool.");
      return jobOf(tool, operation, "queued", now);
    },
  });
  const resume = createResume({ ...door, readmit });
  const runner = createRunner({ jobs, resume, concurrency: 4, lookMs: 50, graceMs: 5_000, report });
  const invoke = createInvoke(door);

  async function person(): Promise<string> {
    const id = uuidv7(new Date());
    await sql`insert into users (id, created_at) values (${id}, ${new Date()})`.execute(database.handle);
    return id;
  }

  const principalOf = (userId: string, change: Partial<Principal> = {}): Principal => ({
    userId,
    clientId: "test",
    clientName: "Test",
    grantId: null,
    scopes: effectiveScopes(["read", "write"]),
    channel: "mcp",
    paused: false,
    ...change,
  });

  const call = (
    userId: string,
    name: string,
    input: unknown,
    change: Partial<CallRequest> & { readonly key?: string } = {},
  ): Promise<CallResult> =>
    invoke({
      name,
      input,
      principal: principalOf(userId),
      requestId: uuidv7(new Date()),
      ...(change.key === undefined ? {} : { operationId: { meta: change.key } }),
      ...change,
    });

  /** What a pending call waits for. */
  function pendingOf(result: CallResult): { readonly id: string; readonly kind: string } {
    const data: unknown = result.ok ? result.answer.data : undefined;
    if (typeof data === "object" && data !== null && "pending" in data) {
      const { pending } = data;
      if (typeof pending === "object" && pending !== null && "id" in pending && "kind" in pending)
        return { id: String(pending.id), kind: String(pending.kind) };
    }
    throw new Error(`The call waits for nothing: ${result.ok ? JSON.stringify(data) : result.error.code}`);
  }

  async function decide(userId: string, id: string, decision: "approve" | "reject" = "approve", digest?: string) {
    const shown = digest ?? (await approvals.find(userId, id)).digest;
    return approvals.decide({
      principal: principalOf(userId, { clientId: "console", clientName: "Console", channel: "web" }),
      requestId: uuidv7(new Date()),
      id,
      decision,
      digest: shown,
      prove: async () => {
        throw new AppError("fresh_sign_in_required", "Sign in again.");
      },
    });
  }

  async function close(): Promise<void> {
    await runner.stop();
    jobs.stop();
    await jobs.close();
    await feed.close();
    await receipts.release();
  }

  return {
    database,
    receipts,
    effects,
    approvals,
    jobs,
    runner,
    resume,
    spending,
    problems,
    told,
    /** True once a call was late, and is to become a job. */
    isLate: () => (held.length > 0 ? true : undefined),
    person,
    principalOf,
    call,
    pendingOf,
    decide,
    sweep: () => sweepEffects(effectsParts),
    close,
  };
}

/** What a test changes while its house stands. */
interface Hand {
  /** Milliseconds by which its clock is ahead. */
  ahead: number;
  /** How whoever asked stands by now. */
  standing: AppError | "paused" | null;
  /** Whether the database answers who asks how they stand. */
  reachable: boolean;
}

/** A house whose toolset is the fixture's, and what its test holds in its hand. */
export type FixtureHouse = DoorHouse & {
  readonly outside: Outside;
  readonly hand: Hand;
  /** Lets go whatever waits at the gate, from now on. */
  readonly open: () => void;
};

/** Opens a house with the fixture's tools. @param gated whether every call waits until the test lets it go. */
export async function openFixtureHouse(
  database: Database,
  { gated = false, outside = newOutside(), ...parts }: FixtureParts = {},
): Promise<FixtureHouse> {
  const gate = Promise.withResolvers<void>();
  if (!gated) gate.resolve();
  const hand: Hand = { ahead: 0, standing: null, reachable: true };
  const house = await openDoorHouse(database, {
    toolsets: [fixtureToolset(outside, () => gate.promise)],
    now: () => new Date(Date.now() + hand.ahead),
    async readmit(principal) {
      if (!hand.reachable) throw new AppError("unavailable", "The connection was terminated.");
      if (hand.standing instanceof AppError) throw hand.standing;
      return { ...principal, paused: hand.standing === "paused" && "person" };
    },
    ...parts,
  });
  return { ...house, outside, hand, open: gate.resolve };
}

type FixtureParts = Omit<Partial<HouseParts>, "toolsets"> & { readonly gated?: boolean; readonly outside?: Outside };

/** Registers a test for each engine, with a house of its own; whatever happens, it is closed, and nothing may have broken. */
export function eachDoor(
  name: string,
  parts: FixtureParts,
  specification: (house: FixtureHouse, t: TestContext) => Promise<void>,
): void {
  eachEngine(name, tables, async (t, database) => {
    const house = await openFixtureHouse(database, parts);
    try {
      await specification(house, t);
      assert.deepEqual(house.problems, []);
    } finally {
      house.open();
      await house.close();
    }
  });
}

/** What was written to the table. */
export async function wordsOf({ database }: Pick<DoorHouse, "database">): Promise<readonly string[]> {
  const { rows } = await sql<{ word: string }>`select word from notes order by word`.execute(database.handle);
  return rows.map(({ word }) => word);
}

/** A person's receipts in words, in alphabetical order. */
export async function outcomesOf(
  { receipts }: Pick<DoorHouse, "receipts">,
  userId: string,
): Promise<readonly string[]> {
  const { receipts: all } = await receipts.page({ userId, limit: 100 });
  return all.map(({ tool, outcome, code }) => [tool, outcome, code].filter(Boolean).join(" ")).toSorted();
}
