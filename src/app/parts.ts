import type { Config } from "../config/config.ts";
import type { Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { InvokeParts } from "../kernel/invoke.ts";
import type { WebPort, WebSender } from "../kernel/ports/web.ts";
import type { Toolset } from "../kernel/tool.ts";
import type { Backoff } from "../work/backoff.ts";

/** Where an event that matters is written. Never given a secret. */
export interface Log {
  info(facts: Record<string, unknown>, sentence: string): void;
  warn(facts: Record<string, unknown>, sentence: string): void;
  error(facts: Record<string, unknown>, sentence: string): void;
}

/** What a toolset from outside may use of the house, beside its own records. */
export interface House {
  /**
   * A live token of a sign-in provider for a person, for use in this process alone. Call it outside transactions.
   * @throws AppError `relink_required`, which every surface turns into its own way of linking again; `unavailable`.
   */
  upstreamToken(userId: string, provider: string): Promise<string>;
}

/** What a start may set beside the configuration. */
export interface AppParts {
  readonly config: Config;
  readonly log: Log;
  /** Shows one line in the terminal. */
  readonly print: (line: string) => void;
  readonly clock?: Clock;
  /** Milliseconds after which a call goes on as a job, for tests that cannot wait. */
  readonly deadlineMs?: number;
  /** How long a job that failed waits for its next run, and a notice for its next try, for tests that cannot wait. */
  readonly backoff?: Backoff;
  /** How documents that strangers name are fetched; the guarded fetch of this machine's own network unless given. */
  readonly web?: WebPort;
  /** How notices reach push services; the guarded fetch of this machine's own network unless given. */
  readonly webSender?: WebSender;
  /** Further toolsets, such as a company's own. */
  readonly toolsets?: readonly Toolset<Handle>[] | ((house: House) => readonly Toolset<Handle>[]);
  /**
   * Changes what the door is made of: leaves a part out, so that its cost can be measured. For measuring alone: no setting,
   * variable or command reaches it.
   */
  readonly door?: (parts: InvokeParts<Handle>) => InvokeParts<Handle>;
}
