/** Settings of the systems that Bellhop replaces which it does not read, each with what takes their place. */
export const retired: Readonly<Record<string, string>> = {
  PRIVY_APP_SECRET: "is not needed: Privy's tokens are verified with the app's public key (PRIVY_VERIFICATION_KEY)",
  VITE_PRIVY_APP_ID: "is replaced by PRIVY_APP_ID",
  PROTOCOL_API_URL: "takes effect when a Protocol API can be called; so far intents are extracted and kept here",
  PROTOCOL_API_TIMEOUT_MS: "takes effect together with PROTOCOL_API_URL",
  MCP_SERVER_URL: "is replaced by SERVER_BASE_URL",
  AUTH_STORAGE_DRIVER: "is replaced by DATABASE_URL: nothing is kept in memory alone",
  SUPABASE_SERVICE_ROLE_KEY: "is replaced by Bellhop's own database (DATABASE_URL)",
  NEXT_PUBLIC_ENABLE_VOICE: "takes effect when there is a voice surface",
};
