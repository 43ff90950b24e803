import type { Log } from "./parts.ts";
import type { Rooms } from "./rooms.ts";

const SWEEP_EVERY_MS = 60_000;

/** Closes what dead processes left open and deletes what has ended long ago, now and every minute. */
export function startSweeps({ ledger, oauth, accounts }: Rooms, log: Log): () => void {
  const sweep = (): void => {
    for (const room of [ledger, oauth, accounts]) {
      room.sweep().catch((error: unknown) => log.error({ err: error }, "A sweep failed; it runs again in a minute."));
    }
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
