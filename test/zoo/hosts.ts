import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import * as z from "zod";
import type { Documents } from "./documents.ts";
import { byName, type Habits, type Metadata, type Proof } from "./host-animal.ts";

const codeFlow = { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] };

/** Chosen when the server offers it, by both its flags; else a host would register. */
const byDocument = (url: string) => async (server: Metadata) => {
  if (server.client_id_metadata_document_supported && server.token_endpoint_auth_methods_supported.includes("none"))
    return url;
  throw new Error("This server would not be asked by document.");
};

async function register(server: Metadata, metadata: object): Promise<string> {
  const answer = await fetch(server.registration_endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...codeFlow, token_endpoint_auth_method: "none", ...metadata }),
  });
  return z.object({ client_id: z.string() }).parse(await answer.json()).client_id;
}

const everyScope = ({ scopes_supported: scopes }: Metadata): string => scopes.join(" ");

/** Signs a new assertion for each request (RFC 7523), with a key that its document points at. */
async function bySignature(documents: Documents, jwksUri: string): Promise<Proof> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  documents.publish(jwksUri, { keys: [{ ...(await exportJWK(publicKey)), kid: "host-1", alg: "RS256", use: "sig" }] });
  return async (clientId, server) => ({
    headers: {},
    form: {
      client_id: clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: "RS256", kid: "host-1" })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(server.token_endpoint)
        .setIssuedAt()
        .setExpirationTime("2m")
        .sign(privateKey),
    },
  });
}

/** ChatGPT where the server names itself in answers: one id for all, a signed assertion, every scope that is offered. */
export async function chatGpt(documents: Documents): Promise<Habits> {
  const id = "https://chatgpt.com/oauth/client.json";
  const redirectUri = "https://chatgpt.com/connector_platform_oauth_redirect";
  const jwksUri = "https://chatgpt.com/oauth/jwks.json";
  documents.publish(id, {
    ...codeFlow,
    client_id: id,
    client_name: "ChatGPT",
    client_uri: "https://chatgpt.com/",
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
    jwks_uri: jwksUri,
  });
  return { redirectUri, identify: byDocument(id), prove: await bySignature(documents, jwksUri), scope: everyScope };
}

/** ChatGPT elsewhere: an id for each connection, no proof, and a `scope` that is there and empty. */
export async function chatGptOfOneConnection(documents: Documents): Promise<Habits> {
  const id = "https://chatgpt.com/oauth/cb_8f1d2c/client.json";
  const redirectUri = "https://chatgpt.com/connector/oauth/cb_8f1d2c";
  documents.publish(id, {
    ...codeFlow,
    client_id: id,
    client_name: "ChatGPT",
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
  });
  return { redirectUri, identify: byDocument(id), prove: byName, scope: () => "" };
}

/** ChatGPT by registration, once for each connection. */
export const chatGptRegistered = (): Habits => {
  const redirectUri = "https://chatgpt.com/connector/oauth/cb_registered";
  return {
    redirectUri,
    identify: (server) => register(server, { client_name: "ChatGPT", redirect_uris: [redirectUri] }),
    prove: byName,
    scope: everyScope,
  };
};

/** Codex: a program on the person's machine, on another port each time. */
export async function codex(documents: Documents): Promise<Habits> {
  const id = "https://chatgpt.com/oauth/codex/client.json";
  documents.publish(id, {
    ...codeFlow,
    client_id: id,
    client_name: "Codex",
    redirect_uris: ["http://127.0.0.1/callback", "http://localhost/callback"],
    token_endpoint_auth_method: "none",
  });
  return {
    redirectUri: "http://127.0.0.1:1455/callback",
    identify: byDocument(id),
    prove: byName,
    scope: () => undefined,
  };
}

/** Claude: asks for every scope that is offered, and refreshes from two places at once. */
export async function claude(documents: Documents): Promise<Habits> {
  const id = "https://claude.ai/oauth/mcp-oauth-client-metadata";
  const redirectUri = "https://claude.ai/api/mcp/auth_callback";
  documents.publish(id, {
    ...codeFlow,
    client_id: id,
    client_name: "Claude",
    client_uri: "https://claude.ai/",
    redirect_uris: [redirectUri, "https://claude.com/api/mcp/auth_callback"],
    token_endpoint_auth_method: "none",
  });
  return { redirectUri, identify: byDocument(id), prove: byName, scope: everyScope, refreshesTwice: true };
}

/** Claude by registration: it registers twice when it connects, and goes on with the second. */
export const claudeRegistered = (): Habits => {
  const redirectUri = "https://claude.ai/api/mcp/auth_callback";
  const metadata = { client_name: "Claude", redirect_uris: [redirectUri], scope: "mcp:invoke profile offline_access" };
  return {
    redirectUri,
    async identify(server) {
      await register(server, metadata);
      return register(server, metadata);
    },
    prove: byName,
    scope: () => metadata.scope,
    refreshesTwice: true,
  };
};

/** Claude Code: its document names the loopback without a port, and it comes with one. */
export async function claudeCode(documents: Documents): Promise<Habits> {
  const id = "https://claude.ai/oauth/claude-code-client-metadata";
  documents.publish(id, {
    ...codeFlow,
    client_id: id,
    client_name: "Claude Code",
    client_uri: "https://claude.ai/",
    redirect_uris: ["http://localhost/callback", "http://127.0.0.1/callback"],
    token_endpoint_auth_method: "none",
  });
  return {
    redirectUri: "http://localhost:57470/callback",
    identify: byDocument(id),
    prove: byName,
    scope: () => "mcp:invoke",
  };
}
