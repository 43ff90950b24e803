import assert from "node:assert/strict";
import * as client from "oauth4webapi";
import { shownPerson } from "../clients/shown-person.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, membersOf, migrations, type Rig, startOAuth } from "./rig.ts";

const insecure = { [client.allowInsecureRequests]: true } as const;

/** What the person's browser does between the client's two steps: follows, sees the details, decides. */
async function inTheBrowser(rig: Rig, address: URL, userId: string, consent: boolean) {
  const begun = await fetch(address, { redirect: "manual" });
  assert.equal(begun.status, 302);
  const page = new URL(begun.headers.get("location") ?? "", rig.baseUrl);
  assert.equal(page.pathname, "/app/consent");
  const cookie = `${begun.headers.get("set-cookie")?.split(";")[0]}; session=${userId}`;
  const request = page.searchParams.get("request") ?? "";
  const shown = await rig.get(`/api/consent?request=${request}`, { cookie });
  const details = await membersOf(shown.clone());
  const decision = { request, user_consent: consent, person: await shownPerson(shown) };
  const decided = await rig.postJson("/authorize", decision, { cookie, origin: rig.baseUrl });
  assert.equal(decided.status, 200);
  const answer = await membersOf(decided);
  return { details, callback: new URL(String(answer["redirect_uri"])) };
}

async function discover(rig: Rig) {
  const resource = new URL(`${rig.baseUrl}/mcp`);
  const challenge = await fetch(resource, { method: "POST" });
  assert.equal(challenge.status, 401);
  const [bearer] = challenge.headers.get("www-authenticate")?.match(/resource_metadata="[^"]+"/) ?? [];
  assert.ok(bearer?.includes("/.well-known/oauth-protected-resource/mcp"));
  const described = await client.resourceDiscoveryRequest(resource, insecure);
  const { authorization_servers: servers } = await client.processResourceDiscoveryResponse(resource, described);
  const issuer = new URL(servers?.[0] ?? "");
  const found = await client.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  return { resource, server: await client.processDiscoveryResponse(issuer, found) };
}

async function registerAt(server: client.AuthorizationServer) {
  const metadata = { client_name: "Independent", redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" };
  const registration = await client.dynamicClientRegistrationRequest(server, metadata, insecure);
  return client.processDynamicClientRegistrationResponse(registration);
}

eachEngine(
  "an independent client discovers, registers, links, calls, refreshes and gives back",
  migrations,
  async (t, database) => {
    const rig = await startOAuth(t, database);
    const userId = await rig.addUser();
    const { resource, server } = await discover(rig);
    assert.ok(server.code_challenge_methods_supported?.includes("S256"));
    const registered = await registerAt(server);
    const verifier = client.generateRandomCodeVerifier();
    const state = client.generateRandomState();
    const authorize = async () => {
      const address = new URL(server.authorization_endpoint ?? "");
      address.search = new URLSearchParams({
        response_type: "code",
        client_id: registered.client_id,
        redirect_uri: CALLBACK,
        scope: "mcp:invoke profile openid offline_access",
        state,
        resource: resource.href,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      }).toString();
      return address;
    };

    await t.test("deny-reaches-client: a person who declines sends the client access_denied", async () => {
      const { callback } = await inTheBrowser(rig, await authorize(), userId, false);
      assert.throws(
        () => client.validateAuthResponse(server, registered, callback, state),
        (error) => {
          assert.ok(error instanceof client.AuthorizationResponseError);
          assert.equal(error.error, "access_denied");
          return true;
        },
      );
      assert.equal(callback.searchParams.get("iss"), rig.baseUrl);
    });

    await t.test("a person who agrees links it", async () => {
      const { details, callback } = await inTheBrowser(rig, await authorize(), userId, true);
      assert.deepEqual(details["droppedScopes"], ["openid"]);
      const proven = client.validateAuthResponse(server, registered, callback, state);
      const exchanged = await client.authorizationCodeGrantRequest(
        server,
        registered,
        client.None(),
        proven,
        CALLBACK,
        verifier,
        insecure,
      );
      const tokens = await client.processAuthorizationCodeResponse(server, registered, exchanged);
      assert.equal(tokens.scope, "mcp:invoke profile offline_access");

      const bearer = { authorization: `Bearer ${tokens.access_token}` };
      const claims = await client.validateJwtAccessToken(
        server,
        new Request(resource, { headers: bearer }),
        resource.href,
        insecure,
      );
      assert.equal(claims.sub, userId);
      const called = await client.protectedResourceRequest(
        tokens.access_token,
        "POST",
        resource,
        undefined,
        undefined,
        insecure,
      );
      const principal = await membersOf(called);
      assert.equal(principal["clientName"], "Independent");
      assert.deepEqual(principal["scopes"], ["mcp:invoke", "read", "write", "profile", "offline_access"]);

      const refreshed = await client.refreshTokenGrantRequest(
        server,
        registered,
        client.None(),
        tokens.refresh_token ?? "",
        {
          additionalParameters: { resource: resource.href },
          ...insecure,
        },
      );
      const next = await client.processRefreshTokenResponse(server, registered, refreshed);
      const given = await client.revocationRequest(
        server,
        registered,
        client.None(),
        next.refresh_token ?? "",
        insecure,
      );
      await client.processRevocationResponse(given);
      assert.equal((await rig.call(next.access_token)).status, 401);
      assert.equal((await rig.call(tokens.access_token)).status, 401);
    });

    assert.deepEqual(rig.unforeseen, []);
  },
);
