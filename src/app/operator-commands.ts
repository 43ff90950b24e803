import { roleCommands } from "../accounts/role-commands.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { OperatorCommands } from "../kernel/operator-command.ts";

/** What commands are made of: the same whether a server runs or the command opened the database itself. */
export interface OperatorCommandParts {
  /** Migrated. */
  readonly database: Database;
  readonly clock: Clock;
  readonly config: Config;
  readonly masterSecret: string;
}

/** Every command that needs the database: each room exports its own, and they are listed here. */
export const createOperatorCommands = ({ database, clock, config }: OperatorCommandParts): OperatorCommands => ({
  ...roleCommands({ database, clock, baseUrl: config.baseUrl }),
});
