import { AppError } from "../kernel/errors.ts";
import type { HeldRun } from "../kernel/ports/jobs.ts";
import type { Progress } from "../kernel/tool.ts";
import { createHeartbeat, type HeartbeatParts, type HeldEntry, keyOf } from "./heartbeat.ts";
import { leaseOf } from "./lease.ts";

/** A claim that becomes a run. */
interface ToHold {
  readonly id: string;
  readonly claims: number;
  readonly attempt: number;
  /** Asked when it matters: a run may be held before its job is added. */
  readonly isLast: () => boolean;
  readonly exhausted: boolean;
}

/** A run that can be stopped by itself. */
export interface StoppableRun extends HeldRun {
  /** Aborts it, since the process stops. */
  stop(): void;
}

/** The runs that this process holds: one heartbeat keeps them all. */
export interface HeldRuns {
  /** @param released told when the run was let go. */
  hold(claim: ToHold, released?: () => void): StoppableRun;
  /** Aborts the run of a job that was cancelled, where this process has it. */
  cancelled(id: string): void;
  /** Looks at once whether every run is still ours. */
  check(): Promise<void>;
  /** Aborts every run, since the process stops. */
  stop(): void;
  /** Lets go of all of them: their leases run out. */
  close(): void;
}

/** Progress is written at most this often: a tool may say much. */
const SAY_MS = 300;

/** Whole numbers within bounds; null for what is none. */
const within = (value: number | null, most: number): number | null =>
  value === null || !Number.isFinite(value) ? null : Math.min(most, Math.max(0, Math.round(value)));

/** What a tool says, as it can be stored and shown. */
const shown = ({ stage, percent, etaSeconds }: Progress): Progress => ({
  stage: stage.replaceAll("\0", "").slice(0, 120).toWellFormed(),
  percent: within(percent, 100),
  etaSeconds: within(etaSeconds, 1_000_000),
});

const stopping = (): AppError => new AppError("interrupted", "The server is stopping.");

/** Timers that run only while something is held. */
function createTimers(beat: () => void, beatMs: number, say: () => void) {
  let beating: ReturnType<typeof setInterval> | undefined;
  let saying: ReturnType<typeof setTimeout> | undefined;
  return {
    beat: () => void (beating ??= setInterval(beat, beatMs)),
    saySoon: () =>
      void (saying ??= setTimeout(() => {
        saying = undefined;
        say();
      }, SAY_MS)),
    rest() {
      clearInterval(beating);
      clearTimeout(saying);
      beating = undefined;
      saying = undefined;
    },
  };
}

/** Keeps the leases of the runs of one process. */
export function createHeldRuns(parts: HeartbeatParts): HeldRuns {
  const { holder, leaseMs } = parts;
  const held = new Map<string, HeldEntry>();
  const beat = createHeartbeat(parts, held);
  const everything = (): Promise<void> => beat(() => true);
  const timers = createTimers(
    () => void everything(),
    leaseMs / 3,
    () => void beat(({ step }) => step !== null),
  );

  function say(entry: HeldEntry, step: Progress): void {
    if (!held.has(keyOf(entry))) return;
    entry.step = shown(step);
    timers.saySoon();
  }

  function release(entry: HeldEntry): void {
    held.delete(keyOf(entry));
    if (held.size === 0) timers.rest();
  }

  return {
    hold({ id, claims, attempt, isLast, exhausted }, released = () => undefined) {
      const abort = new AbortController();
      const entry: HeldEntry = { id, claims, abort, step: null, seen: false, renewed: performance.now() };
      held.set(keyOf(entry), entry);
      timers.beat();
      return {
        attempt,
        get last() {
          return isLast();
        },
        exhausted,
        signal: abort.signal,
        stands: () => !abort.signal.aborted && held.has(keyOf(entry)) && performance.now() - entry.renewed < leaseMs,
        lease: leaseOf({ holder, claims }),
        progress: (step) => say(entry, step),
        release() {
          release(entry);
          released();
        },
        stop: () => abort.abort(stopping()),
      };
    },
    cancelled(id) {
      for (const entry of held.values())
        if (entry.id === id) entry.abort.abort(new AppError("cancelled", "The job was cancelled."));
    },
    check: everything,
    stop() {
      for (const entry of held.values()) entry.abort.abort(stopping());
    },
    close() {
      held.clear();
      timers.rest();
    },
  };
}
