import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { readConfiguration } from "./configuration.ts";
import { runCommand } from "./run-command.ts";

const usage = "npm start -- token EMAIL · npm start -- token renew SESSION · npm start -- token end SESSION";

const opened = z.object({ token: z.string(), sessionId: z.string(), expiresAt: z.string(), mcpUrl: z.string() });
const ended = z.object({ ended: z.boolean() });

/** The token alone on standard output, so that a script can take it; what a person wants to know beside it. */
async function print(name: string, input: unknown): Promise<void> {
  const {
    token: made,
    sessionId,
    expiresAt,
    mcpUrl,
  } = opened.parse(await runCommand(readConfiguration(), name, input));
  console.error(`For ${mcpUrl} until ${expiresAt}. Session ${sessionId}: npm start -- token renew|end ${sessionId}`);
  console.log(made);
}

async function end(sessionId: string): Promise<void> {
  const answer = ended.parse(await runCommand(readConfiguration(), "token.end", { sessionId }));
  console.log(answer.ended ? "The session has ended; its token is refused." : "There was no such session any more.");
}

/**
 * `npm start -- token`: a short-lived token with which a program on this machine calls the tools for a person.
 * @throws AppError `invalid_request` with the usage; what the command itself throws.
 */
export async function token(first?: string, second?: string): Promise<void> {
  if (first === "renew" && second !== undefined) return print("token.renew", { sessionId: second });
  if (first === "end" && second !== undefined) return end(second);
  if (first?.includes("@") && second === undefined) return print("token.open", { email: first });
  throw new AppError("invalid_request", "That is not a way to use `token`.", { next: usage });
}
