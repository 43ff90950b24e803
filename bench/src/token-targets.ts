import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { freePort } from "../../test/bellhop.ts";
import { complete, pkce, register } from "../../test/clients/raw-link.ts";
import type { FreshDatabase } from "./fresh-postgres.ts";
import { launch } from "./launch.ts";
import { processTree } from "./machine.ts";
import type { Watched } from "./measure.ts";
import { launchBellhop } from "./start-bellhop.ts";

/** An authorization server under measurement. */
export interface TokenTarget extends Watched {
  readonly name: string;
  readonly tokenUrl: string;
  /** Forms that exchange fresh codes, each of a grant of its own. Codes live for a minute. */
  mint(count: number): Promise<readonly string[]>;
  /** The form that uses a refresh token. */
  refreshForm(refreshToken: string): string;
  stop(): Promise<void>;
}

const REDIRECT = "https://client.example/callback";
const ORACLE = join(import.meta.dirname, "..", "..", "test", "oracle", "server.ts");
/** So many decisions are under way at once while codes are made. */
const MINTERS = 8;

const formOf = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

const exchangeForm = (clientId: string, code: string, verifier: string): string =>
  formOf({
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: REDIRECT,
  });

const refreshFormOf = (clientId: string) => (refreshToken: string) =>
  formOf({ grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken });

/** People who agree in turn, so that none of them comes near the limit on approvals. */
const PEOPLE = 500;

/** Ours: a registered client, and people who agree to it by the published contract. */
export async function startOurs(name: string, database?: FreshDatabase): Promise<TokenTarget> {
  const { url, app, ...running } = await launchBellhop(database);
  const clientId = await register(url);
  const { verifier, challenge } = pkce();
  let turn = 0;
  async function one(): Promise<string> {
    turn += 1;
    const subject = `did:privy:bench-${turn % PEOPLE}`;
    const change = { privy_user_id: subject };
    const decided = await complete({ url, clientId, challenge, privyToken: await app.token({ subject }), change });
    return exchangeForm(clientId, z.object({ code: z.string() }).parse(await decided.json()).code, verifier);
  }
  return {
    name,
    tokenUrl: `${url}/token`,
    ...running,
    refreshForm: refreshFormOf(clientId),
    async mint(count) {
      const forms: string[] = [];
      let begun = 0;
      const minter = async (): Promise<void> => {
        while (begun < count) {
          begun += 1;
          forms.push(await one());
        }
      };
      await Promise.all(Array.from({ length: MINTERS }, minter));
      return forms;
    },
  };
}

const postJson = async (url: string, body: unknown): Promise<unknown> =>
  (
    await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
  ).json();

/** The certified engine with a guarded adapter, on a database of the same kind as ours. */
export async function startTheirs(name: string, database?: FreshDatabase): Promise<TokenTarget> {
  const directory = mkdtempSync(join(tmpdir(), "bellhop-bench-oracle-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const where = database ? { DATABASE_URL: database.url } : { ORACLE_DIRECTORY: join(directory, "data") };
  const running = launch({ args: [ORACLE], cwd: directory, environment: { PORT: String(port), ...where } });
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  await running.ready(async () => void (await fetch(`${url}/.well-known/oauth-authorization-server`)));
  const registered = await postJson(`${url}/register`, { client_name: "Bench", redirect_uris: [REDIRECT] });
  const { client_id: client } = z.object({ client_id: z.string() }).parse(registered);
  const { verifier, challenge } = pkce();
  return {
    name,
    tokenUrl: `${url}/token`,
    pids: () => processTree(running.pid),
    databasePids: async () => (await database?.pids()) ?? [],
    stop,
    refreshForm: refreshFormOf(client),
    async mint(count) {
      const minted = await postJson(`${url}/mint`, { client, redirect: REDIRECT, challenge, count });
      const { codes } = z.object({ codes: z.array(z.string()) }).parse(minted);
      return codes.map((code) => exchangeForm(client, code, verifier));
    },
  };
}
