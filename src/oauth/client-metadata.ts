import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { parseScopes, type Scope } from "../kernel/scopes.ts";
import { parameter } from "./parameters.ts";
import {
  type ClientAuthMethod,
  clientAuthMethods,
  type ClientKind,
  isClientAuthMethod,
  type KeySet,
} from "./records/clients.ts";
import { checkRedirectUri } from "./redirect-uri.ts";
import { mayHold } from "./scope-decision.ts";

const MAX_REDIRECTS = 20;
/** Characters of all of them together; they are ASCII. */
const MAX_REDIRECTS_LENGTH = 4096;
const MAX_NAME = 80;
const MAX_KEYS = 20;
const UNNAMED = "Unnamed client";

/**
 * The members that mean something here (RFC 7591 §2; the plural list of methods as in OpenID Connect Relying Party
 * Metadata Choices); all others, a logo among them, are ignored (§2).
 */
const metadataSchema = z.object({
  redirect_uris: z.array(z.string()).min(1).max(MAX_REDIRECTS),
  client_name: parameter(200),
  client_uri: parameter(),
  grant_types: z.array(z.string()).max(20).optional(),
  response_types: z.array(z.string()).max(20).optional(),
  token_endpoint_auth_method: parameter(100),
  token_endpoint_auth_methods_supported: z.array(z.string().max(100)).max(20).optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_KEYS) }).optional(),
  jwks_uri: parameter(),
  scope: parameter(1000),
});

/** What a client says of itself, by registering or in its document. */
export type ClientMetadata = z.output<typeof metadataSchema>;

const metadataError = (sentence: string): AppError => new AppError("invalid_client_metadata", sentence);

/** @throws AppError `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 §3.2.2). */
export function readClientMetadata(body: unknown): ClientMetadata {
  const result = metadataSchema.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    const code = issue?.path[0] === "redirect_uris" ? "invalid_redirect_uri" : "invalid_client_metadata";
    throw new AppError(code, `${issue?.path.join(".") || "The metadata"}: ${issue?.message ?? "not valid"}.`);
  }
  if (result.data.redirect_uris.join("").length > MAX_REDIRECTS_LENGTH) {
    throw new AppError("invalid_redirect_uri", `redirect_uris: more than ${MAX_REDIRECTS_LENGTH} characters together.`);
  }
  requireCodeFlow(result.data);
  return result.data;
}

/** A client must be content with the one flow there is; further ones it names are left out of the answer. */
function requireCodeFlow(metadata: ClientMetadata): void {
  if (metadata.grant_types && !metadata.grant_types.includes("authorization_code"))
    throw metadataError("grant_types must include authorization_code.");
  if (metadata.response_types && !metadata.response_types.includes("code"))
    throw metadataError("response_types must include code.");
}

/** The addresses, each once. @throws AppError `invalid_redirect_uri` when one of them may not be registered. */
export function redirectUrisOf(metadata: ClientMetadata): readonly string[] {
  metadata.redirect_uris.forEach(checkRedirectUri);
  return [...new Set(metadata.redirect_uris)];
}

const publicKey = z
  .record(z.string(), z.unknown())
  .refine((key) => ["RSA", "EC", "OKP"].includes(String(key["kty"])), "is no public key of a kind that is used here")
  .refine((key) => ["d", "k", "p", "q", "oth"].every((secret) => !(secret in key)), "holds a private key");

/**
 * A key set of public keys (RFC 7517 §5); keys of other kinds are left out, as §5 asks.
 * @throws AppError `invalid_client_metadata` when nothing is left, or a private key was published.
 */
export function readKeySet(value: unknown): KeySet {
  const parsed = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(MAX_KEYS) }).safeParse(value);
  const keys = parsed.success ? parsed.data.keys : [];
  if (keys.some((key) => "d" in key)) throw metadataError("jwks: holds a private key.");
  const usable = keys.filter((key) => publicKey.safeParse(key).success);
  if (usable.length === 0) throw metadataError("jwks: holds no public key that is used here.");
  return { keys: usable };
}

/** Where a client's keys are: in its metadata, or at an https address of its own. */
export function keysOf(metadata: ClientMetadata): { readonly jwks: KeySet | null; readonly jwksUri: string | null } {
  if (metadata.jwks !== undefined && metadata.jwks_uri !== undefined)
    throw metadataError("jwks and jwks_uri must not both be given (RFC 7591 §2).");
  if (metadata.jwks_uri !== undefined && URL.parse(metadata.jwks_uri)?.protocol !== "https:")
    throw metadataError("jwks_uri must be an https address.");
  return {
    jwks: metadata.jwks === undefined ? null : readKeySet(metadata.jwks),
    jwksUri: metadata.jwks_uri ?? null,
  };
}

/** The methods that a client names, the one that it prefers first; empty when it names none. */
export function namedMethods(metadata: ClientMetadata): readonly ClientAuthMethod[] {
  const preferred = metadata.token_endpoint_auth_method;
  const others = metadata.token_endpoint_auth_methods_supported ?? [];
  const named = [...new Set([...(preferred === undefined ? [] : [preferred]), ...others])];
  const known = named.filter(isClientAuthMethod);
  if (named.length > 0 && known.length === 0)
    throw metadataError(`token_endpoint_auth_method: none of those named is one of ${clientAuthMethods.join(", ")}.`);
  return known;
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
export function displayUri(uri: string | undefined): string | null {
  const url = uri === undefined ? null : URL.parse(uri);
  return url?.protocol === "https:" && url.username === "" && url.password === "" ? url.href : null;
}

/**
 * A client that names `offline_access` alone named nothing to be linked for, as one that names no scope.
 * @throws AppError `invalid_client_metadata` when it names scopes, and none that such a client may hold.
 */
export function registeredScopes(scope: string | undefined, kind: ClientKind): readonly Scope[] | null {
  if (scope === undefined || scope.trim() === "") return null;
  const held = parseScopes(scope).known.filter((name) => mayHold({ kind, internal: false, scopes: null }, name));
  if (held.some((name) => name !== "offline_access")) return held;
  if (held.length > 0) return null;
  throw metadataError("scope names nothing that this client may hold.");
}
