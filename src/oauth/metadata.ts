import { allScopes, scopeTable } from "../kernel/scopes.ts";

const advertised = allScopes.filter((scope) => scopeTable[scope].advertised);

/**
 * What this authorization server does (RFC 8414 §2), and nothing that it does not. Made from the configuration alone:
 * clients compare `issuer` letter by letter (RFC 9207 §2.4).
 */
export const serverMetadata = (baseUrl: string) => ({
  issuer: baseUrl,
  authorization_endpoint: `${baseUrl}/authorize`,
  token_endpoint: `${baseUrl}/token`,
  registration_endpoint: `${baseUrl}/register`,
  revocation_endpoint: `${baseUrl}/revoke`,
  jwks_uri: `${baseUrl}/.well-known/jwks.json`,
  scopes_supported: advertised,
  response_types_supported: ["code"],
  response_modes_supported: ["query"],
  grant_types_supported: ["authorization_code", "refresh_token"],
  code_challenge_methods_supported: ["S256"],
  token_endpoint_auth_methods_supported: ["none"],
  revocation_endpoint_auth_methods_supported: ["none"],
  authorization_response_iss_parameter_supported: true,
});

/**
 * What a client must know of a resource (RFC 9728 §2). `offline_access` is no permission on a resource, so it is named
 * in the server's metadata alone.
 * @param path `""` for the server as a whole, `/mcp` for its MCP address.
 */
export const resourceMetadata = (baseUrl: string, path: "" | "/mcp") => ({
  resource: `${baseUrl}${path}`,
  authorization_servers: [baseUrl],
  scopes_supported: advertised.filter((scope) => scope !== "offline_access"),
  bearer_methods_supported: ["header"],
  resource_name: "Bellhop",
});
