import { AppError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import { effectiveScopes } from "../kernel/scopes.ts";
import type { Admission } from "./admission.ts";
import type { Entrance } from "./resource.ts";
import type { ServiceChannel } from "./service-channel.ts";
import type { ServiceTokens } from "./service-token.ts";

/** What receipts call each of our own surfaces. */
const names: Readonly<Record<ServiceChannel, string>> = { stdio: "Command line", voice: "Voice", x: "X" };

interface ServiceCallerParts {
  readonly serviceTokens: Pick<ServiceTokens, "read">;
  readonly admission: Pick<Admission, "requireUser">;
}

/**
 * The person behind a service token. Its session is looked up each time, so that ending it refuses the very next call.
 * @throws AppError `invalid_token`; `account_disabled` or `channel_disabled` when an administrator has stopped it.
 */
export async function serviceCaller(
  token: string,
  entrance: Entrance,
  { serviceTokens, admission }: ServiceCallerParts,
): Promise<Principal> {
  if (entrance !== "mcp") throw new AppError("invalid_token", "This token is for the MCP address alone.");
  const session = await serviceTokens.read(token);
  if (session === null) throw new AppError("invalid_token", "The token is too old, or its session has ended.");
  const { paused } = await admission.requireUser(session.userId, session.channel);
  return {
    userId: session.userId,
    clientId: `bellhop-${session.channel}`,
    clientName: names[session.channel],
    grantId: null,
    scopes: effectiveScopes(session.scopes),
    channel: session.channel,
    sessionId: session.id,
    paused,
  };
}
