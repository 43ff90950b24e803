import * as z from "zod";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import { pauseUser, resumeUser } from "./records/paused-users.ts";

interface PauseCommandParts {
  readonly database: Database;
  readonly clock: Clock;
  /** A person by their id or an address that they have proven with a code; null where there is nobody. */
  readonly userNamed: (named: string) => Promise<string | null>;
}

const named = z.strictObject({ who: z.string().min(1).max(320) });

/** The operator's commands that pause a person, and take that back. What the person paused themselves stays paused. */
export function pauseCommands({ database, clock, userNamed }: PauseCommandParts): OperatorCommands {
  const { handle } = database;
  const userOf = async (who: string): Promise<string> => {
    const userId = await userNamed(who);
    if (userId !== null) return userId;
    throw new AppError("not_found", `Nobody has the id ${who}, or signs in with it and a code.`, {
      next: "Name the person by their id, or by an address that they sign in with.",
    });
  };
  return {
    "person.pause": operatorCommand(named, async ({ who }) => {
      const userId = await userOf(who);
      return { userId, changed: await pauseUser(handle, userId, "operator", clock()) };
    }),
    "person.resume": operatorCommand(named, async ({ who }) => {
      const userId = await userOf(who);
      return { userId, changed: await resumeUser(handle, userId, "operator") };
    }),
  };
}
