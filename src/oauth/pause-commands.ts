import * as z from "zod";
import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Json } from "../kernel/json.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import { pauseUser, resumeUser } from "./records/paused-users.ts";

interface PauseCommandParts {
  readonly database: Database;
  readonly clock: Clock;
  /** The id of whom the operator names, held until the transaction ends. @throws AppError `not_found`. */
  readonly personNamed: (handle: Handle, named: string) => Promise<string>;
}

const named = z.strictObject({ who: z.string().min(1).max(320) });

/** The operator's commands that pause a person, and take that back. What the person paused themselves stays paused. */
export function pauseCommands({ database, clock, personNamed }: PauseCommandParts): OperatorCommands {
  const change = (who: string, work: (handle: Handle, userId: string) => Promise<boolean>): Promise<Json> =>
    database.transaction(async (handle) => {
      const userId = await personNamed(handle, who);
      return { userId, changed: await work(handle, userId) };
    });
  return {
    "person.pause": operatorCommand(named, ({ who }) =>
      change(who, (handle, userId) => pauseUser(handle, userId, "operator", clock())),
    ),
    "person.resume": operatorCommand(named, ({ who }) =>
      change(who, (handle, userId) => resumeUser(handle, userId, "operator")),
    ),
  };
}
