import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import type { Bellhop } from "../bellhop.ts";
import type { Habits, Proof } from "./host-animal.ts";

const run = promisify(execFile);
const COMMAND_LINE = join(import.meta.dirname, "..", "..", "src", "cli", "bellhop.ts");

/** A command of the operator's, to the server that runs. */
async function command(bellhop: Bellhop, ...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", BELLHOP_DATA_DIR: bellhop.dataDirectory };
  const { stdout } = await run(process.execPath, [COMMAND_LINE, ...args], { cwd: tmpdir(), env, timeout: 30_000 });
  return stdout;
}

const made = z.object({
  client: z.object({ id: z.string() }),
  secret: z.string(),
  authorizationUrl: z.url(),
  tokenUrl: z.url(),
  scope: z.string(),
});

/** What an operator copies from the terminal into the form of a GPT. */
export type TypedForm = z.output<typeof made>;

/** `npm start -- client create chatgpt`, and then the addresses of the GPT that was saved meanwhile. */
export async function makeGptClient(bellhop: Bellhop, gptId: string): Promise<TypedForm> {
  const typed = made.parse(
    JSON.parse(await command(bellhop, "client", "create", "chatgpt", "--pkce-optional", "--json")),
  );
  for (const host of ["chat.openai.com", "chatgpt.com"])
    await command(bellhop, "client", "add-redirect", typed.client.id, `https://${host}/aip/${gptId}/oauth/callback`);
  return typed;
}

/** The two ways in which a GPT may send its secret ("Token Exchange Method"). */
const proofs: Readonly<Record<"basic" | "post", (secret: string) => Proof>> = {
  post: (secret) => async (clientId) => ({ headers: {}, form: { client_id: clientId, client_secret: secret } }),
  basic: (secret) => async (clientId) => ({
    headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
    form: {},
  }),
};

/** GPT Actions: an id and a secret typed by the operator, no PKCE, no resource, no registration. */
export const gptActions = (typed: TypedForm, gptId: string, method: "basic" | "post"): Habits => ({
  redirectUri: `https://chatgpt.com/aip/${gptId}/oauth/callback`,
  identify: async () => typed.client.id,
  prove: proofs[method](typed.secret),
  scope: () => typed.scope,
  withoutPkce: true,
  withoutResource: true,
  typed: { authorize: typed.authorizationUrl, token: typed.tokenUrl },
});
