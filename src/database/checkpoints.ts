import type { PGlite } from "@electric-sql/pglite";

/** Bytes of write-ahead log after which a checkpoint is made even while the database is busy. */
const LARGE = 16 * 1024 * 1024;
const EVERY_MS = 2_000;

interface Checkpoints {
  /** Ends the watch and waits for a checkpoint under way. */
  stop(): Promise<void>;
}

const written = async (pglite: PGlite): Promise<number> => {
  const { rows } = await pglite.query<{ bytes: number }>(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes",
  );
  return rows[0]?.bytes ?? 0;
};

/**
 * PGlite never checkpoints by itself, so its log would only grow and a start after a crash would replay all of it.
 * Small checkpoints are cheap: one is made when the log has grown and then rests, or when it has grown by a segment.
 */
export function startCheckpoints(pglite: PGlite): Checkpoints {
  let saved = 0;
  let seen = 0;
  let running = Promise.resolve();

  const look = async (): Promise<void> => {
    const now = await written(pglite);
    const rests = now === seen && now > saved;
    seen = now;
    if (!rests && now - saved < LARGE) return;
    await pglite.query("checkpoint");
    saved = await written(pglite);
    seen = saved;
  };
  // A failed look is tried again at the next tick; the log is whole either way.
  const tick = (): void => {
    running = running.then(look).catch(() => undefined);
  };
  const timer = setInterval(tick, EVERY_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}
