import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Database } from "../database/handle.ts";
import { readJson } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";
import { parseScopes, type Scope } from "../kernel/scopes.ts";
import { parameter } from "./parameters.ts";
import { type Client, insertClient } from "./records/clients.ts";
import { checkRedirectUri } from "./redirect-uri.ts";
import { mayHold } from "./scope-decision.ts";

interface RegisterParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits: LimitsPort;
  readonly clientAddress: (c: RequestContext) => string;
}

/** Hosts register from few addresses for many people, so this only stops a flood. */
const registrations: Limit = { name: "oauth-register", points: 30, seconds: 60 };
/** What one address can make this server store in a day. */
const registrationsDaily: Limit = { name: "oauth-register-day", points: 500, seconds: 24 * 3600 };

const MAX_REDIRECTS = 20;
/** Characters of all of them together; they are ASCII. */
const MAX_REDIRECTS_LENGTH = 4096;
const MAX_NAME = 80;
const UNNAMED = "Unnamed client";

/** The members of RFC 7591 §2 that mean something here; all others, a logo among them, are ignored (§2). */
const metadataSchema = z.object({
  redirect_uris: z.array(z.string()).min(1).max(MAX_REDIRECTS),
  client_name: parameter(200),
  client_uri: parameter(),
  grant_types: z.array(z.string()).max(20).optional(),
  response_types: z.array(z.string()).max(20).optional(),
  token_endpoint_auth_method: parameter(100),
  scope: parameter(1000),
});

type Metadata = z.output<typeof metadataSchema>;

/** @throws AppError `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 §3.2.2). */
function readMetadata(body: unknown): Metadata {
  const result = metadataSchema.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    const code = issue?.path[0] === "redirect_uris" ? "invalid_redirect_uri" : "invalid_client_metadata";
    throw new AppError(code, `${issue?.path.join(".") || "The metadata"}: ${issue?.message ?? "not valid"}.`);
  }
  if (result.data.redirect_uris.join("").length > MAX_REDIRECTS_LENGTH) {
    throw new AppError("invalid_redirect_uri", `redirect_uris: more than ${MAX_REDIRECTS_LENGTH} characters together.`);
  }
  result.data.redirect_uris.forEach(checkRedirectUri);
  requireCodeFlow(result.data);
  return result.data;
}

/** A client must be content with the one flow there is; further ones it names are left out of the answer. */
function requireCodeFlow(metadata: Metadata): void {
  if (metadata.grant_types && !metadata.grant_types.includes("authorization_code")) {
    throw new AppError("invalid_client_metadata", "grant_types must include authorization_code.");
  }
  if (metadata.response_types && !metadata.response_types.includes("code")) {
    throw new AppError("invalid_client_metadata", "response_types must include code.");
  }
}

/**
 * A name as the consent page may show it: without control, format and bidirectional characters, with which a name
 * could rewrite the sentence around it.
 */
export function displayName(name: string | undefined): string {
  const plain = (name ?? "").replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim();
  return Array.from(plain).slice(0, MAX_NAME).join("").trim() || UNNAMED;
}

/** A home page is shown only when it is a plain https address. */
function displayUri(uri: string | undefined): string | null {
  const url = uri === undefined ? null : URL.parse(uri);
  return url?.protocol === "https:" && url.username === "" && url.password === "" ? url.href : null;
}

/**
 * A client that names `offline_access` alone named nothing to be linked for, as one that names no scope.
 * @throws AppError `invalid_client_metadata` when it names scopes, and none that such a client may hold.
 */
function registeredScopes(scope: string | undefined): readonly Scope[] | null {
  if (scope === undefined || scope.trim() === "") return null;
  const held = parseScopes(scope).known.filter((name) => mayHold({ kind: "dynamic", scopes: null }, name));
  if (held.some((name) => name !== "offline_access")) return held;
  if (held.length > 0) return null;
  throw new AppError("invalid_client_metadata", "scope names nothing that this client may hold.");
}

/**
 * What was registered (RFC 7591 §3.2.1): the values that hold, where they differ from those asked for too. Every client
 * is a public one and may refresh.
 */
const registrationAnswer = (client: Client) => ({
  client_id: client.id,
  client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
  client_name: client.name,
  ...(client.uri === null ? {} : { client_uri: client.uri }),
  redirect_uris: client.redirectUris,
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
  ...(client.scopes === null ? {} : { scope: client.scopes.join(" ") }),
});

/** `POST /register`: a client introduces itself (RFC 7591 §3). */
export async function register(c: RequestContext, parts: RegisterParts): Promise<Response> {
  const address = parts.clientAddress(c);
  await parts.limits.take(registrations, address);
  await parts.limits.take(registrationsDaily, address);
  const metadata = readMetadata(await readJson(c, z.unknown()));
  const client: Client = {
    id: `client_${randomUUID()}`,
    kind: "dynamic",
    name: displayName(metadata.client_name),
    uri: displayUri(metadata.client_uri),
    redirectUris: [...new Set(metadata.redirect_uris)],
    scopes: registeredScopes(metadata.scope),
    createdAt: parts.clock(),
  };
  await insertClient(parts.database.handle, client);
  return c.json(registrationAnswer(client), 201, { "cache-control": "no-store" });
}
