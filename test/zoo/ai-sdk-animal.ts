import assert from "node:assert/strict";
import {
  auth,
  createMCPClient,
  type OAuthClientInformation,
  type OAuthClientProvider,
  type OAuthTokens,
} from "@ai-sdk/mcp";
import * as z from "zod";
import type { Animal } from "./life.ts";

const echoed = z.object({ structuredContent: z.object({ text: z.string() }) });

/** The AI SDK's client: it registers, and keeps what it is given. */
export function animalAiSdk(mcpUrl: string): Animal {
  const redirectUrl = "http://localhost:33419/callback";
  const memory: { client?: OAuthClientInformation; tokens?: OAuthTokens; verifier: string; asked?: URL | undefined } = {
    verifier: "",
  };
  const authProvider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata: {
      client_name: "AI SDK",
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    tokens: () => memory.tokens,
    saveTokens: (tokens) => void (memory.tokens = tokens),
    clientInformation: () => memory.client,
    saveClientInformation: (client) => void (memory.client = client),
    isClientInformationDynamicallyRegistered: () => true,
    redirectToAuthorization: (url) => void (memory.asked = url),
    saveCodeVerifier: (verifier) => void (memory.verifier = verifier),
    codeVerifier: () => memory.verifier,
  };
  return {
    async link(person) {
      assert.equal(await auth(authProvider, { serverUrl: mcpUrl }), "REDIRECT");
      const { searchParams } = await person.allow(memory.asked ?? assert.fail("the client opened no browser"));
      const answer = {
        authorizationCode: searchParams.get("code") ?? "",
        callbackIssuer: searchParams.get("iss") ?? "",
      };
      assert.equal(await auth(authProvider, { serverUrl: mcpUrl, ...answer }), "AUTHORIZED");
    },
    async echo(text) {
      const client = await createMCPClient({ transport: { type: "http", url: mcpUrl, authProvider } });
      try {
        const tools = await client.tools();
        const options = { toolCallId: "1", messages: [], context: undefined };
        return echoed.parse(await tools["echo"]?.execute?.({ text }, options)).structuredContent.text;
      } finally {
        await client.close();
      }
    },
    async refresh() {
      memory.asked = undefined;
      await auth(authProvider, { serverUrl: mcpUrl });
      assert.equal(memory.asked, undefined, "the person would be asked again");
      return memory.tokens?.refresh_token ?? assert.fail("no refresh token is held");
    },
  };
}
