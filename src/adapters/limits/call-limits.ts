import { createHash } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/errors.ts";
import type { CallLimits } from "../../kernel/ports/limits.ts";

interface CallLimitsParts {
  /** Runs one statement outside any transaction, on either engine. */
  query(text: string, values: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  readonly clock: Clock;
  /** Calls that a person may make in a minute of the clock where nothing else is said; 0 means as many as they like. */
  readonly perMinute: number;
  /** Told when the counters could not be settled; each process then counts on by itself. */
  readonly report: (error: unknown) => void;
}

/** Limits that settle in the background until they are closed. */
export interface SettlingCallLimits extends CallLimits {
  /** Brings the database up to date with what was counted, and this process with what others counted. */
  settle(): Promise<void>;
  close(): void;
}

/** The calls of one person in one minute. */
interface Count {
  /** The minute, counted from 1970. */
  readonly minute: number;
  /** What all processes had counted when this one last asked. */
  settled: number;
  /** What this one has counted since. */
  pending: number;
}

const MINUTE_MS = 60_000;
/** How long a process may know nothing of what others counted. */
const SETTLE_MS = 500;

/** One row a person and minute in the table of all limits, summed up by whoever settles; taken in one order by all. */
const SETTLE = `
  insert into rate_limits as held (key, points, expire)
  select key, points, expire
  from jsonb_to_recordset($1::jsonb) as counted (key text, points integer, expire bigint) order by key
  on conflict (key) do update set points = held.points + excluded.points
  returning key, points`;

const SWEEP = "delete from rate_limits where key like 'calls/%' and expire < $1::bigint";

/** Hashed, as every key of that table: it names no person. */
const keyOf = (who: string, minute: number): string =>
  `calls/${minute}/${createHash("sha256").update(who).digest("base64url")}`;

function refusal(perMinute: number, now: number): AppError {
  const end = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
  const retryAfter = Math.max(1, Math.ceil((end - now) / 1000));
  const retryAt = new Date(end).toISOString();
  return new AppError("rate_limited", `There were more than ${perMinute} calls in one minute.`, {
    next: `Wait ${retryAfter} s, until ${retryAt}, then call again.`,
    details: { retryAfter, retryAt },
  });
}

/** A row of the answer: drivers differ in how they give numbers. */
function asRow(row: unknown): { readonly key: string; readonly points: number } | null {
  if (typeof row !== "object" || row === null || !("key" in row) || !("points" in row)) return null;
  return { key: String(row.key), points: Number(row.points) };
}

/** What one process has counted, by person. */
function createCounts() {
  const counts = new Map<string, Count>();
  return {
    of(who: string, minute: number): Count {
      const held = counts.get(who);
      if (held?.minute === minute) return held;
      const fresh: Count = { minute, settled: 0, pending: 0 };
      counts.set(who, fresh);
      return fresh;
    },
    /** What has to be added, by key; counts of minutes that are over no longer matter. */
    unsettled(minute: number): ReadonlyMap<string, { readonly count: Count; readonly points: number }> {
      const found = new Map<string, { count: Count; points: number }>();
      for (const [who, count] of counts) {
        if (count.minute !== minute) counts.delete(who);
        else if (count.pending > 0) found.set(keyOf(who, minute), { count, points: count.pending });
      }
      return found;
    },
  };
}

/**
 * Limits on the calls of each person. Asking the database at each call would slow every call down, so each process
 * counts in memory, and half a second after a call it adds what it counted to the shared sum and learns that of the
 * others, in one statement for everybody. Until then a person with calls at several processes may get more by what
 * those let through meanwhile. Without the database each process counts alone.
 */
export function createCallLimits(parts: CallLimitsParts): SettlingCallLimits {
  const counts = createCounts();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let sweptIn = 0;
  let failing = false;

  async function settleNow(): Promise<void> {
    const minute = Math.floor(parts.clock().getTime() / MINUTE_MS);
    const unsettled = counts.unsettled(minute);
    if (unsettled.size === 0) return;
    // Kept for a minute more, for clocks that are not quite the same.
    const expire = (minute + 2) * MINUTE_MS;
    const rows = [...unsettled].map(([key, { points }]) => ({ key, points, expire }));
    const answer = await parts.query(SETTLE, [JSON.stringify(rows)]);
    for (const row of answer.rows.map(asRow)) {
      const held = row === null ? undefined : unsettled.get(row.key);
      if (row === null || held === undefined) continue;
      held.count.settled = row.points;
      held.count.pending -= held.points;
    }
    if (sweptIn === minute) return;
    sweptIn = minute;
    await parts.query(SWEEP, [minute * MINUTE_MS]);
  }

  /** One after the other, so that nothing is added twice; one that failed has kept what it did not add. */
  const settle = (): Promise<void> => (running = running.catch(() => undefined).then(settleNow));

  function settleSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      settle().then(
        () => (failing = false),
        (error: unknown) => {
          // Once for each time that it breaks, however many calls come meanwhile.
          if (!failing) parts.report(error);
          failing = true;
        },
      );
    }, SETTLE_MS).unref();
  }

  return {
    take(who, perMinute = parts.perMinute) {
      if (perMinute === 0) return;
      const now = parts.clock().getTime();
      const count = counts.of(who, Math.floor(now / MINUTE_MS));
      if (count.settled + count.pending >= perMinute) throw refusal(perMinute, now);
      count.pending += 1;
      settleSoon();
    },
    settle,
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
