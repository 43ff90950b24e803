import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import type { OAuthClientProvider as OAuthClientProviderV1 } from "@modelcontextprotocol/sdk/client/auth.js";

/** What an assistant keeps of its link, and how it opens the person's browser. */
export interface LinkMemory {
  readonly redirectUri: string;
  /** The address of the client's metadata document; undefined means that it registers. */
  readonly document: string | undefined;
  /** Where the browser was last asked to go. */
  authorizeUrl: URL | undefined;
  client: StoredOAuthClientInformation | undefined;
  tokens: StoredOAuthTokens | undefined;
  verifier: string;
  discovery: OAuthDiscoveryState | undefined;
}

export const linkMemory = (redirectUri: string, document?: string): LinkMemory => ({
  redirectUri,
  document,
  authorizeUrl: undefined,
  client: undefined,
  tokens: undefined,
  verifier: "",
  discovery: undefined,
});

/** A provider for the official clients, v1 and v2, over one memory: it has a document or registers, and keeps what it is given. */
export const memoryProvider = (
  memory: LinkMemory,
  name: string,
  scope?: string,
): OAuthClientProvider & OAuthClientProviderV1 => ({
  redirectUrl: memory.redirectUri,
  ...(memory.document ? { clientMetadataUrl: memory.document } : {}),
  clientMetadata: {
    client_name: name,
    redirect_uris: [memory.redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
    ...(scope ? { scope } : {}),
  },
  state: () => "state-of-this-link",
  clientInformation: () => memory.client,
  saveClientInformation: (client) => void (memory.client = client),
  tokens: () => memory.tokens,
  saveTokens: (tokens) => void (memory.tokens = tokens),
  redirectToAuthorization: (url) => void (memory.authorizeUrl = url),
  saveCodeVerifier: (verifier) => void (memory.verifier = verifier),
  codeVerifier: () => memory.verifier,
  discoveryState: () => memory.discovery,
  saveDiscoveryState: (discovery) => void (memory.discovery = discovery),
  invalidateCredentials: (what) => {
    if (what === "all" || what === "tokens") memory.tokens = undefined;
  },
});
