import type { AppError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Principal } from "../principal.ts";
import type { Proposal } from "../proposal.ts";
import type { Receipt } from "../receipt.ts";
import type { Spend } from "../spend.ts";
import type { Effect, ToolAnswer } from "../tool.ts";
import type { NewJob } from "./jobs.ts";

/**
 * A call that outlives its request: one with an operation id, one that waits for the person, one with an effect outside,
 * one that became a job. Its id is that of its receipt, its job, and what the person decides on.
 */
export interface Operation {
  readonly id: string;
  readonly tool: string;
  /** The parsed arguments, whole: what runs is what is stored here. */
  readonly input: Json;
  readonly principal: Principal;
  readonly requestId: string;
  /** What the caller named it, to send the same call again; null where it did not. */
  readonly key: string | null;
}

/** A call as it is opened. */
export interface Opening {
  readonly receipt: Receipt;
  readonly operation?: Operation;
  /** True where the operation is stored already: the person was asked, or it waited for a worker. */
  readonly stored?: boolean;
  /** True where it uses up the person's decision. */
  readonly approval?: boolean;
  readonly spend?: Spend;
  readonly job?: NewJob;
}

/** A call as it is closed. */
export interface Closing {
  readonly receipt: Receipt;
  /** True when it has an operation, or may have got one while it ran. */
  readonly operation: boolean;
  /** The lease of the job whose run this is. */
  readonly lease?: string;
  readonly answer?: ToolAnswer<Json>;
  readonly error?: AppError;
}

/** How an operation stands. */
export interface OperationState {
  readonly id: string;
  /**
   * `waiting` for the person, `queued` for a worker, `open` while it runs, `done` or `failed` with its outcome, `unknown`
   * where nobody can prove it yet.
   */
  readonly state: "waiting" | "queued" | "open" | "done" | "failed" | "unknown";
  /** What the person is asked, and until when they can decide; null where they are not asked, or not any more. */
  readonly question: { readonly sentence: string; readonly expiresAt: Date } | null;
  /** True when it goes on without its caller. */
  readonly hasJob: boolean;
  readonly answer: ToolAnswer<Json> | null;
  readonly error: AppError | null;
}

/** An operation as a job finds it. */
export interface StoredOperation extends Operation {
  /** `open`, `unknown`: an earlier run began and did not end. */
  readonly state: OperationState["state"];
  readonly hasJob: boolean;
  /** True when the person was asked. */
  readonly approval: boolean;
  readonly spend?: Spend;
  /** The receipt of its run; null before it was opened. */
  readonly receipt: Receipt | null;
}

/**
 * What opens and closes every effect, and proves every call.
 * @typeParam Handle a database handle; the kernel never looks inside.
 */
export interface Ledger<Handle> {
  /** Commits the receipt of a call that changed nothing. Calls that wait together commit together. */
  record(receipt: Receipt): Promise<void>;
  /**
   * Commits the intent, before anything is changed: a receipt with outcome `open`, and in the same transaction the
   * operation, the decision that it uses up, what it may spend, and its job.
   * @throws AppError `operation_running` when another call has its operation id, `approval_void` when the decision is used up
   * or gone, `spend_limit` and its like.
   */
  open(opening: Opening): Promise<void>;
  /**
   * Runs `work` and closes the open receipt in one transaction: the change, its outcome and its receipt commit together or
   * not at all. Fails, and changes nothing, when the receipt is no longer open or its job no longer this run's.
   */
  close<T>(work: (handle: Handle) => Promise<T>, closingOf: (result: T) => Closing): Promise<T>;
  /**
   * Closes a call that changed nothing after all: what it was to spend is free again. A stored operation that was refused
   * before it was opened gets its receipt now, and a decision that stood for it is void.
   */
  abandon(closing: Closing): Promise<void>;
  /**
   * Writes down that nobody knows whether it happened. What it may have spent stays counted.
   * @param later whether its job runs again, to look for evidence.
   */
  doubt(closing: Closing, later: boolean): Promise<void>;
  /** The run of a job failed and is to be tried again: everything else stays as it is. */
  postpone(closing: Closing): Promise<void>;
  /**
   * What stands under an operation id of this client; null where nothing does.
   * @throws AppError `operation_mismatch` for another tool or other arguments.
   */
  earlier(operation: Operation): Promise<OperationState | null>;
  /**
   * Stores what the person has to decide on, with the receipt of the call that asked. Where the same client asks for the
   * same with no operation id, and it waits already, that is what the call gets.
   * @throws AppError `operation_running`; `rate_limited` when too much waits.
   */
  ask(question: Question): Promise<{ readonly id: string; readonly expiresAt: Date }>;
  /** The call becomes a job while it runs. False when it has ended meanwhile. */
  adopt(adoption: { readonly receipt: Receipt; readonly operation: Operation; readonly job: NewJob }): Promise<boolean>;
  /** Ends the job of an operation that has ended without it: a crash, or a lost answer, came between. */
  endJob(id: string, lease: string): Promise<void>;
  /** A stored operation, to be run by a job; null when its person was erased. */
  operation(id: string): Promise<StoredOperation | null>;
}

/** What is asked of the person. */
export interface Question {
  readonly operation: Operation;
  readonly effect: Effect;
  readonly proposal: Proposal;
  readonly receipt: Receipt;
}
