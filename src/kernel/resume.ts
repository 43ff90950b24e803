import type { JobRun } from "./ports/jobs.ts";

/**
 * Runs a stored operation for the job of the same id, once: what runs is what is stored. It ends the job in the transaction
 * that closes the call, or postpones it; when it rejects, the job's lease is left to run out.
 */
export type Resume = (id: string, run: JobRun) => Promise<void>;
