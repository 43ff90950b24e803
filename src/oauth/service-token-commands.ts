import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import { allScopes, scopeTable } from "../kernel/scopes.ts";
import type { ServiceToken, ServiceTokens } from "./service-token.ts";

interface ServiceTokenCommandParts {
  readonly serviceTokens: () => Promise<ServiceTokens>;
  /** The person who proved an address, or null. */
  readonly userByEmail: (email: string) => Promise<string | null>;
  /** Where the tokens are sent. */
  readonly mcpUrl: string;
}

/** What an assistant may be granted, and no more. */
const scopes = allScopes.filter((scope) => scopeTable[scope].advertised && scope !== "offline_access");

/**
 * The operator's commands for service tokens: a program on the server's own machine calls the tools for a person. Whoever
 * may run them owns the database anyway; every call leaves its receipt with the person, on the channel `stdio`.
 */
export function serviceTokenCommands(parts: ServiceTokenCommandParts): OperatorCommands {
  const answer = ({ token, sessionId, expiresAt }: ServiceToken) => ({
    token,
    sessionId,
    expiresAt: expiresAt.toISOString(),
    mcpUrl: parts.mcpUrl,
  });
  return {
    "token.open": operatorCommand(z.strictObject({ email: z.string().max(320) }), async ({ email }) => {
      const userId = await parts.userByEmail(email.trim().toLowerCase());
      if (userId === null) {
        throw new AppError("not_found", `Nobody signs in with ${email} and a code.`, {
          next: "Name an address that its person has signed in with.",
        });
      }
      return answer(await (await parts.serviceTokens()).open({ userId, channel: "stdio", scopes }));
    }),
    "token.renew": operatorCommand(z.strictObject({ sessionId: z.string() }), async ({ sessionId }) =>
      answer(await (await parts.serviceTokens()).renew(sessionId)),
    ),
    "token.end": operatorCommand(z.strictObject({ sessionId: z.string() }), async ({ sessionId }) => ({
      ended: await (await parts.serviceTokens()).end(sessionId),
    })),
  };
}
