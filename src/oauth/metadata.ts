import { allScopes, scopeTable } from "../kernel/scopes.ts";
import { assertionAlgorithms } from "./client-assertion.ts";
import { clientAuthMethods } from "./records/clients.ts";

const advertised = allScopes.filter((scope) => scopeTable[scope].advertised);

/** What of the metadata an operator decides. */
export interface ServerFacts {
  /** Origin without a trailing slash. */
  readonly baseUrl: string;
  /** Whether it says that answers name their issuer (RFC 9207 §3). They name it either way. */
  readonly advertiseIss: boolean;
  /** Whether clients may register themselves (RFC 7591). */
  readonly dynamicRegistration: boolean;
}

/** How a client may prove itself where a public one may come, too. */
const AUTH_METHODS = [...clientAuthMethods];
/** Where only a client with a secret or a key is answered. */
const CONFIDENTIAL_METHODS = AUTH_METHODS.filter((method) => method !== "none");

/**
 * What this authorization server does (RFC 8414 §2), and nothing that it does not. Made from the configuration alone:
 * clients compare `issuer` letter by letter (RFC 9207 §2.4). Token exchange is for the company's own services, which
 * their operator tells, so it is no part of it.
 */
export const serverMetadata = ({ baseUrl, advertiseIss, dynamicRegistration }: ServerFacts) => ({
  issuer: baseUrl,
  authorization_endpoint: `${baseUrl}/authorize`,
  token_endpoint: `${baseUrl}/token`,
  ...(dynamicRegistration ? { registration_endpoint: `${baseUrl}/register` } : {}),
  client_id_metadata_document_supported: true,
  revocation_endpoint: `${baseUrl}/revoke`,
  introspection_endpoint: `${baseUrl}/introspect`,
  introspection_endpoint_auth_methods_supported: CONFIDENTIAL_METHODS,
  introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  userinfo_endpoint: `${baseUrl}/userinfo`,
  jwks_uri: `${baseUrl}/.well-known/jwks.json`,
  scopes_supported: advertised,
  response_types_supported: ["code"],
  response_modes_supported: ["query"],
  grant_types_supported: ["authorization_code", "refresh_token"],
  code_challenge_methods_supported: ["S256"],
  token_endpoint_auth_methods_supported: AUTH_METHODS,
  token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  revocation_endpoint_auth_methods_supported: AUTH_METHODS,
  revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  ...(advertiseIss ? { authorization_response_iss_parameter_supported: true } : {}),
});

/**
 * The same under the name that OpenID Connect gave it (Discovery 1.0 §4), since hosts look there. It claims no more: no
 * `openid` scope and no ID token, whose algorithms it therefore leaves out (§4.2: claims with zero elements are omitted).
 */
export const openidMetadata = (facts: ServerFacts) => ({
  ...serverMetadata(facts),
  subject_types_supported: ["public"],
  claims_supported: ["sub", "name", "email", "email_verified"],
});

/**
 * What a client must know of a resource (RFC 9728 §2). `offline_access` is no permission on a resource, so it is named
 * in the server's metadata alone.
 * @param path `""` for the server as a whole, `/mcp` for its MCP address, in the spelling that the client was given:
 * clients compare the two letter by letter (§3.3).
 */
export const resourceMetadata = (baseUrl: string, path: "" | "/mcp" | "/mcp/") => ({
  resource: `${baseUrl}${path}`,
  authorization_servers: [baseUrl],
  scopes_supported: advertised.filter((scope) => scope !== "offline_access"),
  bearer_methods_supported: ["header"],
  resource_name: "Bellhop",
});
