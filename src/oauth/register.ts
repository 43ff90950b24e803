import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Database } from "../database/handle.ts";
import { readJson } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";
import {
  type ClientMetadata,
  displayName,
  displayUri,
  keysOf,
  namedMethods,
  readClientMetadata,
  redirectUrisOf,
  registeredScopes,
} from "./client-metadata.ts";
import { issueSecret } from "./client-secret.ts";
import { cameFrom, type LinkAttempts } from "./link-attempts.ts";
import {
  authMethodOf,
  type Client,
  type ClientAuthMethod,
  insertClient,
  isSecretMethod,
  secretMethods,
} from "./records/clients.ts";

interface RegisterParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits: LimitsPort;
  readonly attempts: Pick<LinkAttempts, "note">;
  readonly clientAddress: (c: RequestContext) => string;
  /** Whether anybody may. */
  readonly dynamicRegistration: boolean;
}

/** Hosts register from few addresses for many people, so this only stops a flood. */
const registrations: Limit = { name: "oauth-register", points: 30, seconds: 60 };
/** What one address can make this server store in a day. */
const registrationsDaily: Limit = { name: "oauth-register-day", points: 500, seconds: 24 * 3600 };

/**
 * How a client that registers will prove itself. One that asks for a secret in so many words gets one, since hosts that do
 * refuse an answer without it; one that names nothing is a public client here, whatever RFC 7591 §2 would assume: those
 * are programs that could not keep a secret.
 */
function registeredMethods(metadata: ClientMetadata, hasKeys: boolean): readonly ClientAuthMethod[] {
  const [preferred, ...others] = namedMethods(metadata);
  if (preferred === undefined) return ["none"];
  if (preferred !== "private_key_jwt") return isSecretMethod(preferred) ? secretMethods : [preferred];
  if (hasKeys) return others.includes("none") ? [preferred, "none"] : [preferred];
  throw new AppError("invalid_client_metadata", "private_key_jwt needs jwks or jwks_uri.");
}

const clientOf = (metadata: ClientMetadata, now: Date): Client => {
  const keys = keysOf(metadata);
  const authMethods = registeredMethods(metadata, keys.jwks !== null || keys.jwksUri !== null);
  return {
    id: `client_${randomUUID()}`,
    kind: "dynamic",
    name: displayName(metadata.client_name),
    uri: displayUri(metadata.client_uri),
    redirectUris: redirectUrisOf(metadata),
    scopes: registeredScopes(metadata.scope, "dynamic"),
    authMethod: authMethodOf(authMethods),
    authMethods,
    ...(authMethods.includes("private_key_jwt") ? keys : { jwks: null, jwksUri: null }),
    pkceOptional: false,
    channel: null,
    internal: false,
    disabledAt: null,
    createdAt: now,
  };
};

/**
 * What was registered (RFC 7591 §3.2.1): the values that hold, where they differ from those asked for too. Every client
 * may refresh.
 * @param method the one that it asked for, or `none`.
 * @param secret shown here and never again; it has no end.
 */
const registrationAnswer = (client: Client, method: ClientAuthMethod, secret: string | null) => ({
  client_id: client.id,
  client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
  ...(secret === null ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
  client_name: client.name,
  ...(client.uri === null ? {} : { client_uri: client.uri }),
  redirect_uris: client.redirectUris,
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: method,
  ...(client.jwks === null ? {} : { jwks: client.jwks }),
  ...(client.jwksUri === null ? {} : { jwks_uri: client.jwksUri }),
  ...(client.scopes === null ? {} : { scope: client.scopes.join(" ") }),
});

/** `POST /register`: a client introduces itself (RFC 7591 §3). */
export async function register(c: RequestContext, parts: RegisterParts): Promise<Response> {
  if (!parts.dynamicRegistration)
    throw new AppError("access_denied", "Clients cannot register themselves on this server.", {
      next: "Use the address of a client metadata document as client_id, or ask the operator for a client.",
    });
  const address = parts.clientAddress(c);
  await parts.limits.take(registrations, address);
  await parts.limits.take(registrationsDaily, address);
  const metadata = readClientMetadata(await readJson(c, z.unknown()));
  const client = clientOf(metadata, parts.clock());
  const asked = namedMethods(metadata)[0] ?? "none";
  const secret = isSecretMethod(asked) ? randomToken() : null;
  await parts.database.transaction(async (handle) => {
    await insertClient(handle, client);
    if (secret !== null) await issueSecret(handle, client.id, secret, client.createdAt);
  });
  const { id: clientId, name: clientName } = client;
  parts.attempts.note({ step: "registration", ...cameFrom(c, parts), clientId, clientName });
  return c.json(registrationAnswer(client, asked, secret), 201, { "cache-control": "no-store" });
}
