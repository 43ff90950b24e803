import type { AppError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Principal } from "../principal.ts";
import type { Proposal } from "../proposal.ts";
import type { Receipt } from "../receipt.ts";
import type { Spend } from "../spend.ts";
import type { Artifact, ToolAnswer } from "../tool.ts";
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
  /** Stored with its arguments where it was not before. */
  readonly operation?: Operation;
  /** The person's decision that it uses up: the id of its operation. */
  readonly approval?: boolean;
  readonly spend?: Spend;
  readonly job?: NewJob;
}

/** A call as it is closed. */
export interface Closing {
  readonly receipt: Receipt;
  /** True when it has an operation whose outcome is kept. */
  readonly operation: boolean;
  /** The lease of the job whose run this is. */
  readonly lease?: string;
  readonly answer?: ToolAnswer<Json>;
  readonly files?: readonly Artifact[];
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
  readonly answer: ToolAnswer<Json> | null;
  readonly error: AppError | null;
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
   * not at all. Fails, and changes nothing, when the receipt is no longer open.
   */
  close<T>(work: (handle: Handle) => Promise<T>, settle: (result: T) => Closing): Promise<T>;
  /**
   * Closes the open receipt of a call that changed nothing after all: what it was to spend is free again.
   * @returns false when it was closed before.
   */
  abandon(closing: Closing): Promise<boolean>;
  /** Writes down that nobody knows whether it happened. What it may have spent stays counted; a run may find out later. */
  doubt(closing: Closing): Promise<void>;
  /** A run is to be tried again later: receipt, operation and what it may spend stay as they are. False: not ours any more. */
  postpone(id: string, lease: string, error: AppError): Promise<boolean>;
  /** What stands under an operation id of this client. @throws AppError `operation_mismatch` for another tool or arguments. */
  earlier(operation: Operation): Promise<OperationState | null>;
  /**
   * Stores what the person has to decide on, with the receipt of the call that asked.
   * @returns until when they can.
   */
  ask(question: { readonly operation: Operation; readonly proposal: Proposal; readonly receipt: Receipt }): Promise<Date>;
  /** The call becomes a job while it runs. False when it has ended meanwhile. */
  adopt(opening: Opening & { readonly operation: Operation; readonly job: NewJob }): Promise<boolean>;
  /** A stored operation, to be run by a job; null when its person was erased. */
  operation(id: string): Promise<StoredOperation | null>;
}

/** An operation as a job finds it. */
export interface StoredOperation extends Operation {
  /** `open`: an earlier run began and did not end. */
  readonly state: OperationState["state"];
  /** True when the person was asked. */
  readonly approval: boolean;
  readonly spend?: Spend;
  /** When its receipt was opened; null before. */
  readonly openedAt: Date | null;
}
