import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import * as z from "zod";
import { callTool } from "../clients/raw-link.ts";
import type { Animal } from "./life.ts";

const insecure = { [oauth.allowInsecureRequests]: true } as const;
const CALLBACK = "http://127.0.0.1:8123/callback";
const SCOPE = "mcp:invoke profile offline_access";

const called = z.object({ result: z.object({ structuredContent: z.object({ text: z.string() }) }) });

/** `tools/call` with nothing but fetch. @throws when it is refused */
export async function rawEcho(mcpUrl: string, accessToken: string, text: string): Promise<string> {
  const answer = await callTool(mcpUrl, accessToken, "echo", { text });
  const body = await answer.text();
  assert.equal(answer.status, 200, body);
  const [message = ""] = body.split("\n").filter((line) => /^(?:data: )?\{/.test(line));
  return called.parse(JSON.parse(message.replace(/^data: /, ""))).result.structuredContent.text;
}

/** oauth4webapi: strict about every answer, RFC 9728 to RFC 9068. */
export async function animalOauth4webapi(baseUrl: string): Promise<Animal & { accessToken(): string }> {
  const resource = new URL(`${baseUrl}/mcp`);
  const described = await oauth.resourceDiscoveryRequest(resource, insecure);
  const { authorization_servers: [issuer = ""] = [] } = await oauth.processResourceDiscoveryResponse(
    resource,
    described,
  );
  const found = await oauth.discoveryRequest(new URL(issuer), { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(new URL(issuer), found);
  const metadata = { client_name: "oauth4webapi", redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" };
  const registration = await oauth.dynamicClientRegistrationRequest(server, metadata, insecure);
  const client = await oauth.processDynamicClientRegistrationResponse(registration);
  let held: oauth.TokenEndpointResponse | undefined;
  return {
    async link(person) {
      const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
      const address = new URL(server.authorization_endpoint ?? "");
      address.search = new URLSearchParams({
        response_type: "code",
        client_id: client.client_id,
        redirect_uri: CALLBACK,
        scope: SCOPE,
        state,
        resource: resource.href,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      }).toString();
      const proven = oauth.validateAuthResponse(server, client, await person.allow(address), state);
      const answer = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        proven,
        CALLBACK,
        verifier,
        insecure,
      );
      held = await oauth.processAuthorizationCodeResponse(server, client, answer);
      const request = new Request(resource, { headers: { authorization: `Bearer ${held.access_token}` } });
      await oauth.validateJwtAccessToken(server, request, resource.href, insecure);
    },
    accessToken: () => held?.access_token ?? "",
    echo: (text) => rawEcho(resource.href, held?.access_token ?? "", text),
    async refresh() {
      const answer = await oauth.refreshTokenGrantRequest(
        server,
        client,
        oauth.None(),
        held?.refresh_token ?? "",
        insecure,
      );
      held = await oauth.processRefreshTokenResponse(server, client, answer);
      return held.refresh_token ?? assert.fail("no refresh token came");
    },
  };
}

/** openid-client, with its own discovery and registration. */
export async function animalOpenidClient(baseUrl: string): Promise<Animal> {
  const execute = [openid.allowInsecureRequests];
  const configuration = await openid.dynamicClientRegistration(
    new URL(baseUrl),
    { client_name: "openid-client", redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" },
    openid.None(),
    { algorithm: "oauth2", execute },
  );
  let held: openid.TokenEndpointResponse | undefined;
  return {
    async link(person) {
      const [verifier, state] = [openid.randomPKCECodeVerifier(), openid.randomState()];
      const address = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: CALLBACK,
        scope: SCOPE,
        state,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      const callback = await person.allow(address);
      held = await openid.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: verifier,
        expectedState: state,
      });
    },
    echo: (text) => rawEcho(`${baseUrl}/mcp`, held?.access_token ?? "", text),
    async refresh() {
      held = await openid.refreshTokenGrant(configuration, held?.refresh_token ?? "");
      return held.refresh_token ?? assert.fail("no refresh token came");
    },
  };
}
