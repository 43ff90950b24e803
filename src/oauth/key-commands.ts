import * as z from "zod";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Json } from "../kernel/json.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import { describeKeys, retireKeyNow, rotateKeys } from "./key-rotation.ts";

interface KeyCommandParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
}

/** The operator's commands for signing keys. Each answers with all keys as they are then. */
export function keyCommands(parts: KeyCommandParts): OperatorCommands {
  const keys = async (): Promise<Json> => ({ keys: (await describeKeys(parts)).map((key) => ({ ...key })) });
  return {
    "keys.list": operatorCommand(z.strictObject({}), keys),
    "keys.rotate": operatorCommand(z.strictObject({ soon: z.boolean().default(false) }), async ({ soon }) => {
      await rotateKeys(parts, { soon });
      return keys();
    }),
    "keys.retire": operatorCommand(z.strictObject({ kid: z.string().min(1).max(100) }), async ({ kid }) => {
      await retireKeyNow(parts, kid);
      return keys();
    }),
  };
}
