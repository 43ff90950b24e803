import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../src/config/config.ts";

/** An OAuth provider without metadata. */
export const ENDPOINTS = {
  TOKEN_AI_OIDC_AUTHORIZATION_ENDPOINT: "https://login.example.com/authorize",
  TOKEN_AI_OIDC_TOKEN_ENDPOINT: "https://login.example.com/token",
  TOKEN_AI_OIDC_USERINFO: "https://login.example.com/userinfo",
};

/** The settings that stop a start. */
export const problemsOf = (environment: Record<string, string>): string[] => {
  try {
    parseConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems.map(({ name }) => name);
  }
  return [];
};
