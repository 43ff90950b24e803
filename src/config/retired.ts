/** Settings of the systems that Bellhop replaces which it does not read, each with what takes their place. */
export const retired: Readonly<Record<string, string>> = {
  PRIVY_APP_SECRET: "is not needed: Privy's tokens are verified with the app's public key (PRIVY_VERIFICATION_KEY)",
  VITE_PRIVY_APP_ID: "is replaced by PRIVY_APP_ID",
  PRIVY_TOKEN_EXCHANGE_TIMEOUT_MS:
    "takes effect when Privy tokens can be exchanged; so far they are verified and dropped",
  PROTOCOL_API_URL: "takes effect when a Protocol API can be called; so far intents are extracted and kept here",
  PROTOCOL_API_TIMEOUT_MS: "takes effect together with PROTOCOL_API_URL",
  MCP_SERVER_URL: "is replaced by SERVER_BASE_URL",
  AUTH_STORAGE_DRIVER: "is replaced by DATABASE_URL: nothing is kept in memory alone",
  SUPABASE_URL: "is replaced by Bellhop's own sign-in (email, or Privy with PRIVY_APP_ID)",
  SUPABASE_ANON_KEY: "is replaced by Bellhop's own sign-in (email, or Privy with PRIVY_APP_ID)",
  SUPABASE_SERVICE_ROLE_KEY: "is replaced by Bellhop's own database (DATABASE_URL)",
  SUPABASE_JWT_SECRET: "is replaced by Bellhop's own browser sessions",
  TOKEN_AI_OIDC_CLIENT_ID: "is replaced by Bellhop's own authorization server, where clients register themselves",
  TOKEN_AI_OIDC_CLIENT_ID_CHATGPT: "is replaced by Bellhop's own authorization server, where ChatGPT registers itself",
  TOKEN_AI_OIDC_AUTHORIZATION_ENDPOINT: "is replaced by /authorize under SERVER_BASE_URL",
  TOKEN_AI_OIDC_TOKEN_ENDPOINT: "is replaced by /token under SERVER_BASE_URL",
  TOKEN_AI_OIDC_USERINFO: "is replaced by Bellhop's own accounts: no foreign user-info address is asked",
  CONNECTOR_CLAUDE_CLIENT_ID: "is replaced by Bellhop's own authorization server, where Claude registers itself",
  NEXT_PUBLIC_ENABLE_VOICE: "takes effect when there is a voice surface",
};
