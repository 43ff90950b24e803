import type { AppError } from "../errors.ts";
import type { Artifact, Progress } from "../tool.ts";

/** A job as it begins. Its id is the one of its operation and receipt. */
export interface NewJob {
  readonly id: string;
  readonly userId: string;
  /** Who asked for it: other clients of the person do not see it. */
  readonly clientId: string;
  readonly tool: string;
  /** `running`: in this process, by whoever adds it; it must be held, or its lease runs out. */
  readonly status: "queued" | "running";
  /** False for what has an effect outside: once begun it cannot be taken back. */
  readonly cancellable: boolean;
  /** Runs at most, the first one included. */
  readonly attempts: number;
  /** Kept out of lists as long as somebody waits for its answer. */
  readonly hidden: boolean;
  /** True for what a caller begins as it likes: a person has 20 of those at most. False for what they decided on. */
  readonly bounded: boolean;
  readonly now: Date;
}

/** How a run of a job ended. */
export type JobEnd =
  | { readonly status: "completed"; readonly files: readonly Artifact[] }
  | { readonly status: "failed"; readonly error: AppError }
  /** Not ended: it runs again after a while, and nobody waits for it any more, so lists show it. */
  | { readonly status: "queued"; readonly error: AppError };

/** One run of a job, held by this process. */
export interface JobRun {
  /** 1 for the first. */
  readonly attempt: number;
  /** True when no other follows. */
  readonly last: boolean;
  /** True when all its runs were used up by processes that died: it is only to be closed. */
  readonly exhausted: boolean;
  /**
   * Aborted when the job is cancelled (reason: AppError `cancelled`), its lease is lost, or the process stops (AppError
   * `interrupted`).
   */
  readonly signal: AbortSignal;
  /** Proves to the database that the job is still this run's. */
  readonly lease: string;
  /** Whether the lease stands by this process's own clock: asked right before anything that nobody can take back. */
  stands(): boolean;
  progress(step: Progress): void;
}

/** What the door needs of whoever keeps the jobs. Each function with a handle runs in the transaction of that handle. */
export interface Jobs<Handle> {
  /** @throws AppError `rate_limited` for a bounded job of a person who has as many as they may. */
  add(handle: Handle, job: NewJob): Promise<void>;
  /**
   * Ends a run. False when the job is not this run's any more (cancelled, or taken over): then nothing that the run did may
   * be committed.
   */
  end(handle: Handle, id: string, lease: string, end: JobEnd): Promise<boolean>;
  /** Shows a hidden job in lists: nobody waits for its answer any more. */
  show(id: string): Promise<void>;
  /** Keeps the lease of a job that this process added as running; `release` when its run has ended, however it ended. */
  hold(id: string): HeldRun;
}

/** The first run of a job that was added as `running`. */
export interface HeldRun extends JobRun {
  release(): void;
}
