import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import type { Json, JsonObject } from "../kernel/json.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import type { Channel } from "../kernel/principal.ts";
import { formScopes } from "../kernel/scopes.ts";
import { displayName } from "./client-metadata.ts";
import { issueSecret } from "./client-secret.ts";
import { CLAUDE_CALLBACKS } from "./preset-clients.ts";
import { deleteClient, listClients } from "./records/administration.ts";
import { liveSecretHashes } from "./records/client-secrets.ts";
import {
  addRedirectUri,
  type Client,
  findStoredClient,
  insertClient,
  isSecretMethod,
  removeRedirectUri,
  secretMethods,
} from "./records/clients.ts";
import { checkRedirectUri } from "./redirect-uri.ts";

interface ClientCommandParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly baseUrl: string;
}

const MAX_REDIRECTS = 100;
const LONGEST_OVERLAP = 30 * 24 * 3600;
const MOST_LISTED = 500;

const id = z.string().min(1).max(512);
const uri = z.string().min(1).max(2048);

const creation = z.strictObject({
  name: z.string().min(1).max(200),
  redirects: z.array(uri).max(MAX_REDIRECTS).default([]),
  pkceOptional: z.boolean().default(false),
  internal: z.boolean().default(false),
});

type Creation = z.output<typeof creation>;

/** What the name of a known host brings along. */
interface Profile {
  readonly title: string;
  readonly channel: Channel;
  /** The channel in the addresses of this server. */
  readonly path: string;
  readonly redirects: readonly string[];
  readonly pkceOptional: boolean;
}

/**
 * A custom GPT's actions sign in with a secret and cannot do PKCE, and where they take answers is known only once the GPT
 * is saved.
 */
const profiles: ReadonlyMap<string, Profile> = new Map([
  ["chatgpt", { title: "ChatGPT", channel: "actions", path: "/oauth/chatgpt", redirects: [], pkceOptional: true }],
  [
    "claude",
    { title: "Claude", channel: "claude", path: "/oauth/claude", redirects: CLAUDE_CALLBACKS, pkceOptional: false },
  ],
]);

function newClient(input: Creation, now: Date): Client {
  const profile = profiles.get(input.name);
  input.redirects.forEach(checkRedirectUri);
  return {
    id: `cid_${randomUUID().replaceAll("-", "")}`,
    kind: "operator",
    name: profile?.title ?? displayName(input.name),
    uri: null,
    redirectUris: [...new Set([...(profile?.redirects ?? []), ...input.redirects])],
    scopes: null,
    authMethod: "client_secret_basic",
    authMethods: secretMethods,
    jwks: null,
    jwksUri: null,
    pkceOptional: input.pkceOptional || (profile?.pkceOptional ?? false),
    channel: profile?.channel ?? null,
    internal: input.internal,
    disabledAt: null,
    createdAt: now,
  };
}

const view = (client: Client): JsonObject => ({
  id: client.id,
  kind: client.kind,
  name: client.name,
  redirectUris: client.redirectUris,
  authMethods: client.authMethods,
  pkceOptional: client.pkceOptional,
  channel: client.channel,
  internal: client.internal,
  disabledAt: client.disabledAt?.toISOString() ?? null,
  createdAt: client.createdAt.toISOString(),
});

/** @throws AppError `not_found`. */
async function existing(handle: Handle, clientId: string): Promise<Client> {
  const client = await findStoredClient(handle, clientId);
  if (client !== null) return client;
  throw new AppError("not_found", "There is no client with this id.", { next: "See `npm start -- client list`." });
}

/** A client whose addresses are the operator's to say. */
async function ownClient(handle: Handle, clientId: string): Promise<Client> {
  const client = await existing(handle, clientId);
  if (client.kind === "operator" || client.kind === "preset") return client;
  throw new AppError("conflict", "This client itself says where it takes answers.", {
    next: "Only clients made by `npm start -- client create` or named in the settings can be changed here.",
  });
}

async function create({ database, clock, baseUrl }: ClientCommandParts, input: Creation): Promise<Json> {
  const now = clock();
  const client = newClient(input, now);
  const secret = randomToken();
  await database.transaction(async (handle) => {
    await insertClient(handle, client);
    await issueSecret(handle, client.id, secret, now);
  });
  const place = `${baseUrl}${profiles.get(input.name)?.path ?? ""}`;
  return {
    client: view(client),
    secret,
    authorizationUrl: `${place}/authorize`,
    tokenUrl: `${place}/token`,
    scope: input.internal ? `${formScopes} privy:token:exchange` : formScopes,
  };
}

async function rotateSecret({ database, clock }: ClientCommandParts, clientId: string, overlap: number): Promise<Json> {
  const now = clock();
  const secret = randomToken();
  await database.transaction(async (handle) => {
    const client = await existing(handle, clientId);
    if (!client.authMethods.some(isSecretMethod))
      throw new AppError("conflict", "This client has no secret.", {
        next: "Only a client with a secret can change it.",
      });
    await issueSecret(handle, clientId, secret, now, overlap);
  });
  return { id: clientId, secret, formerUntil: new Date(now.getTime() + overlap * 1000).toISOString() };
}

/** The operator's commands for clients. */
export function clientCommands(parts: ClientCommandParts): OperatorCommands {
  const { handle } = parts.database;
  const show = async (clientId: string): Promise<Json> => ({
    client: {
      ...view(await existing(handle, clientId)),
      secrets: (await liveSecretHashes(handle, clientId, parts.clock())).length,
    },
  });
  const redirect = z.strictObject({ id, uri });
  return {
    "client.create": operatorCommand(creation, (input) => create(parts, input)),
    "client.list": operatorCommand(z.strictObject({}), async () => ({
      clients: (await listClients(handle, { limit: MOST_LISTED }, parts.clock())).map((client) => ({
        id: client.id,
        kind: client.kind,
        name: client.name,
        links: client.links,
        disabled: client.disabledAt !== null,
      })),
    })),
    "client.show": operatorCommand(z.strictObject({ id }), (input) => show(input.id)),
    "client.add-redirect": operatorCommand(redirect, async (input) => {
      checkRedirectUri(input.uri);
      const client = await ownClient(handle, input.id);
      if (client.redirectUris.length >= MAX_REDIRECTS)
        throw new AppError("conflict", `A client has at most ${MAX_REDIRECTS} addresses.`);
      await addRedirectUri(handle, client.id, input.uri);
      return show(client.id);
    }),
    "client.remove-redirect": operatorCommand(redirect, async (input) => {
      const client = await ownClient(handle, input.id);
      if (!client.redirectUris.includes(input.uri))
        throw new AppError("not_found", "This client has no such address.", {
          next: "See `npm start -- client show ID`.",
        });
      await removeRedirectUri(handle, client.id, input.uri);
      return show(client.id);
    }),
    "client.rotate-secret": operatorCommand(
      z.strictObject({ id, overlapSeconds: z.int().min(0).max(LONGEST_OVERLAP) }),
      (input) => rotateSecret(parts, input.id, input.overlapSeconds),
    ),
    "client.delete": operatorCommand(z.strictObject({ id }), async (input) => {
      const links = await deleteClient(handle, input.id, parts.clock());
      if (links === null)
        throw new AppError("not_found", "There is no client with this id.", {
          next: "See `npm start -- client list`.",
        });
      return { id: input.id, links };
    }),
  };
}
