import * as z from "zod";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import { emailAddress } from "./email-address.ts";
import { findUserByEmail, grantRole, listRoleHolders, revokeRole } from "./records/roles.ts";

interface RoleCommandParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Where people sign in. */
  readonly baseUrl: string;
}

const named = z.strictObject({ email: emailAddress });

/**
 * The operator's commands for administrators. They name a person by an address that the person has proven with a code:
 * what other providers say of an address proves nothing here.
 */
export function roleCommands({ database, clock, baseUrl }: RoleCommandParts): OperatorCommands {
  const { handle } = database;
  const userOf = async (email: string): Promise<string> => {
    const userId = await findUserByEmail(handle, email);
    if (userId !== null) return userId;
    throw new AppError("not_found", `Nobody signs in with ${email} and a code.`, {
      next: `Sign in once at ${baseUrl}/app with that address, or add it under Settings, then run this again.`,
    });
  };
  return {
    "admin.grant": operatorCommand(named, async ({ email }) => {
      const userId = await userOf(email);
      return { email, userId, changed: await grantRole(handle, userId, "admin", "operator", clock()) };
    }),
    "admin.revoke": operatorCommand(named, async ({ email }) => {
      const userId = await userOf(email);
      return { email, userId, changed: await revokeRole(handle, userId, "admin") };
    }),
    "admin.list": operatorCommand(z.strictObject({}), async () => ({
      admins: (await listRoleHolders(handle, "admin")).map(({ userId, label, grantedAt }) => ({
        userId,
        label,
        grantedAt: grantedAt.toISOString(),
      })),
    })),
  };
}
