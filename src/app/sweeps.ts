import type { Log } from "./parts.ts";
import type { Rooms } from "./rooms.ts";

const SWEEP_EVERY_MS = 60_000;

/**
 * Closes what dead processes left open and deletes what has ended long ago, now and every minute.
 * @returns what ends it, once the sweep that is under way has ended: the database closes after it.
 */
export function startSweeps(
  {
    ledger,
    oauth,
    accounts,
    entitlements,
    sweepEffects,
    sweepJobs,
  }: Pick<Rooms, "ledger" | "oauth" | "accounts" | "entitlements" | "sweepEffects" | "sweepJobs">,
  log: Log,
): () => Promise<void> {
  const sweep = async (): Promise<void> => {
    const sweeps = [ledger, oauth, accounts, entitlements, { sweep: sweepEffects }, { sweep: sweepJobs }].map((room) =>
      room.sweep().catch((error: unknown) => log.error({ err: error }, "A sweep failed; it runs again in a minute.")),
    );
    await Promise.all(sweeps);
  };
  let running = sweep();
  const timer = setInterval(() => void (running = running.then(sweep)), SWEEP_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}
