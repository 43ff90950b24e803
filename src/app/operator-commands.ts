import { personNamed } from "../accounts/person-named.ts";
import { findUserByEmail } from "../accounts/records/roles.ts";
import { roleCommands } from "../accounts/role-commands.ts";
import { tierCommands } from "../accounts/tier-commands.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { OperatorCommands } from "../kernel/operator-command.ts";
import { createCheckpoints } from "../ledger/checkpoints.ts";
import { receiptCommands } from "../ledger/receipt-commands.ts";
import { clientCommands } from "../oauth/client-commands.ts";
import { keyCommands } from "../oauth/key-commands.ts";
import { pauseCommands } from "../oauth/pause-commands.ts";
import { serviceTokenCommands } from "../oauth/service-token-commands.ts";
import { createServiceTokens } from "../oauth/service-token.ts";
import { openSigningKeys } from "../oauth/signing-keys.ts";

/** What commands are made of: the same whether a server runs or the command opened the database itself. */
export interface OperatorCommandParts {
  /** Migrated. */
  readonly database: Database;
  readonly clock: Clock;
  readonly config: Config;
  readonly masterSecret: string;
  /** Told whose tier or bundles were changed, where a server runs. */
  readonly tierChanged?: (userId: string) => void;
}

/** Keys are opened when a command needs them: they may have been followed by others meanwhile. */
async function openServiceTokens({ database, clock, config, masterSecret }: OperatorCommandParts) {
  const keys = await openSigningKeys({ database, clock, masterSecret, signingKey: config.signingKey });
  return createServiceTokens({ database, clock, keys, baseUrl: config.baseUrl, secret: config.serviceSecret });
}

/** Every command that needs the database: each room exports its own, and they are listed here. */
export const createOperatorCommands = (parts: OperatorCommandParts): OperatorCommands => ({
  ...roleCommands({ ...parts, baseUrl: parts.config.baseUrl }),
  ...tierCommands({
    ...parts,
    baseUrl: parts.config.baseUrl,
    tiers: parts.config.plans.tiers,
    changed: parts.tierChanged,
  }),
  ...pauseCommands({ ...parts, personNamed: (handle, named) => personNamed(handle, named, parts.config.baseUrl) }),
  ...clientCommands({ ...parts, baseUrl: parts.config.baseUrl }),
  ...keyCommands(parts),
  ...receiptCommands({
    database: parts.database,
    checkpoints: createCheckpoints(parts.database, parts.clock, parts.masterSecret),
  }),
  ...serviceTokenCommands({
    serviceTokens: () => openServiceTokens(parts),
    userByEmail: (email) => findUserByEmail(parts.database.handle, email),
    mcpUrl: `${parts.config.baseUrl}/mcp`,
  }),
});
