/**
 * What the documents of well-known hosts held when they were last seen, for the time in which a host's own document
 * cannot be fetched (some stand behind a guard that now and then turns servers away) and none was ever fetched. The first
 * document that is fetched replaces an entry for good. An entry holds nothing that its host did not publish.
 */
interface KnownHost {
  /** The date of what it holds. */
  readonly seen: `${number}-${number}-${number}`;
  /** Matches the client ids that it stands for. */
  readonly id: RegExp;
  /** The document of one of them, `id[1]` being the part that differs. */
  readonly document: (clientId: string, part: string) => Readonly<Record<string, unknown>>;
}

const codeFlow = { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] };

/** OpenAI prefers a signed assertion, and offers to go without. */
const openAi = {
  ...codeFlow,
  client_name: "ChatGPT",
  client_uri: "https://chatgpt.com/",
  token_endpoint_auth_method: "private_key_jwt",
  token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
  jwks_uri: "https://chatgpt.com/oauth/jwks.json",
};

const knownHosts: readonly KnownHost[] = [
  {
    // ChatGPT, where the server names itself in its answers (RFC 9207).
    seen: "2026-11-20",
    id: /^https:\/\/chatgpt\.com\/oauth\/client\.json$/,
    document: (client_id) => ({
      ...openAi,
      client_id,
      redirect_uris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
    }),
  },
  {
    // Codex, a program on the person's machine.
    seen: "2026-11-20",
    id: /^https:\/\/chatgpt\.com\/oauth\/codex\/client\.json$/,
    document: (client_id) => ({
      ...codeFlow,
      client_id,
      client_name: "Codex",
      client_uri: "https://chatgpt.com/",
      redirect_uris: ["http://127.0.0.1/callback", "http://localhost/callback"],
      token_endpoint_auth_method: "none",
    }),
  },
  {
    // ChatGPT elsewhere: a client of its own for each connection.
    seen: "2026-11-20",
    id: /^https:\/\/chatgpt\.com\/oauth\/([A-Za-z0-9_-]{1,64})\/client\.json$/,
    document: (client_id, part) => ({
      ...openAi,
      client_id,
      redirect_uris: [`https://chatgpt.com/connector/oauth/${part}`],
    }),
  },
  {
    // Claude on the web, on the desktop and on phones.
    seen: "2026-11-20",
    id: /^https:\/\/claude\.ai\/oauth\/mcp-oauth-client-metadata$/,
    document: (client_id) => ({
      ...codeFlow,
      client_id,
      client_name: "Claude",
      client_uri: "https://claude.ai/",
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
      token_endpoint_auth_method: "none",
    }),
  },
  {
    // Claude Code: it listens on another port each time.
    seen: "2026-11-20",
    id: /^https:\/\/claude\.ai\/oauth\/claude-code-client-metadata$/,
    document: (client_id) => ({
      ...codeFlow,
      client_id,
      client_name: "Claude Code",
      client_uri: "https://claude.ai/",
      redirect_uris: ["http://localhost/callback", "http://127.0.0.1/callback"],
      token_endpoint_auth_method: "none",
    }),
  },
];

/** The shipped document of a well-known host's client, or null. */
export function knownDocument(clientId: string): Readonly<Record<string, unknown>> | null {
  for (const { id, document } of knownHosts) {
    const match = id.exec(clientId);
    if (match) return document(clientId, match[1] ?? "");
  }
  return null;
}
