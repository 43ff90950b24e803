import { createHash } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "../../kernel/errors.ts";
import type { Limit, LimitsPort } from "../../kernel/ports/limits.ts";

interface LimitsParts {
  /** Runs one statement outside any transaction, on either engine. */
  query(
    text: string,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number }>;
}

/** What the store hands over: node-postgres' own form of a query. */
interface StoreQuery {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * The store's table: its columns are the library's.
 */
export const limitStatements: readonly string[] = [
  `create unlogged table rate_limits (
    key varchar(255) primary key,
    points integer not null default 0,
    expire bigint
  )`,
  `create index rate_limits_by_end on rate_limits (expire)`,
];

/**
 * Counters that a crash empties would give whoever guesses a new share with each crash: PostgreSQL empties an unlogged
 * table when it recovers, and the embedded database recovers after every kill. What is counted here is rare (sign-ins,
 * registrations, failures), so writing it to the log costs nothing that matters; calls are summed up first.
 */
export const keptLimitStatements: readonly string[] = ["alter table rate_limits set logged"];

/** Keys are hashed: they may be long, hold any character, and name people. */
const hashed = (key: string): string => createHash("sha256").update(key).digest("base64url");

function asAppError(rejection: unknown): AppError {
  if (!(rejection instanceof RateLimiterRes)) {
    return new AppError("unavailable", "The request could not be counted.", { cause: rejection });
  }
  const retryAfter = Math.max(1, Math.ceil(rejection.msBeforeNext / 1000));
  return new AppError("rate_limited", "There were too many requests.", {
    next: `Wait ${retryAfter} s, then try again.`,
    details: { retryAfter },
  });
}

/**
 * Limits counted in the database, so that all processes on it share them. A key that has used up its points is turned
 * away from memory, without a query. Counters fail closed: without the database nothing is let through.
 */
export function createLimits(parts: LimitsParts): LimitsPort {
  const limiters = new Map<string, RateLimiterPostgres>();
  const storeClient = { query: ({ text, values }: StoreQuery) => parts.query(text, values ?? []) };

  function limiterOf({ name, points, seconds }: Limit): RateLimiterPostgres {
    const keyPrefix = `${name}/${points}/${seconds}`;
    const made = limiters.get(keyPrefix);
    if (made) return made;
    const limiter = new RateLimiterPostgres({
      storeClient,
      storeType: "client",
      tableName: "rate_limits",
      tableCreated: true,
      // All limiters share the table: the first sweeps it for all.
      clearExpiredByTimeout: limiters.size === 0,
      keyPrefix,
      points,
      duration: seconds,
      inMemoryBlockOnConsumed: points,
    });
    limiters.set(keyPrefix, limiter);
    return limiter;
  }

  return {
    async take(limit, key) {
      await limiterOf(limit)
        .consume(hashed(key))
        .catch((rejection: unknown) => {
          throw asAppError(rejection);
        });
    },
  };
}
