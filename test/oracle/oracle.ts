import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair } from "jose";
import { errors, Provider } from "oidc-provider";
import * as z from "zod";
import type { Database } from "../../src/database/handle.ts";
import { guardedAdapter, ORACLE_SCHEMA } from "./guarded-adapter.ts";

/** The certified engine, set up to offer what we offer; for comparison alone, and never beyond loopback. */
export interface Oracle {
  readonly issuer: string;
  close(): Promise<void>;
}

const SCOPES = ["read", "write", "profile", "mcp:invoke", "wallet:read"];
const ALGORITHM = "RS256";
const DAY = 24 * 3600;

const TTL = { AuthorizationCode: 60, AccessToken: 3600, IdToken: 3600, RefreshToken: 30 * DAY, Grant: 60 * DAY };

async function signingKey() {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: ALGORITHM, use: "sig", kid: randomBytes(6).toString("hex") };
}

/** Access tokens are JWTs for one of the two addresses of the resource, as ours are. */
const resourceIndicators = (issuer: string) => ({
  enabled: true,
  defaultResource: () => issuer,
  useGrantedResource: () => true,
  getResourceServerInfo: (_context: unknown, resource: string) => {
    if (resource !== issuer && resource !== `${issuer}/mcp`) throw new errors.InvalidTarget();
    return {
      scope: SCOPES.join(" "),
      audience: resource,
      accessTokenTTL: TTL.AccessToken,
      accessTokenFormat: "jwt",
      jwt: { sign: { alg: ALGORITHM } },
    };
  },
});

/** Where a document's https address leads: nothing of the oracle's leaves loopback. */
export type Web = (url: URL) => string;

/** A client is told of, and takes back, its own tokens alone. */
const ownToken = (_context: unknown, client: { clientId: string }, token: { clientId: string }): boolean =>
  token.clientId === client.clientId;

async function provider(issuer: string, database: Database, web: Web): Promise<Provider> {
  return new Provider(issuer, {
    adapter: guardedAdapter(database.query),
    jwks: { keys: [await signingKey()] },
    scopes: ["offline_access", ...SCOPES],
    responseTypes: ["code"],
    clientAuthMethods: ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
    clientDefaults: {
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      id_token_signed_response_alg: ALGORITHM,
    },
    routes: {
      authorization: "/authorize",
      token: "/token",
      registration: "/register",
      revocation: "/revoke",
      introspection: "/introspect",
    },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    expiresWithSession: () => false,
    ttl: { ...TTL, Interaction: 600, Session: 600 },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/consent/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      revocation: { enabled: true, allowedPolicy: ownToken },
      introspection: { enabled: true, allowedPolicy: ownToken },
      registration: { enabled: true },
      clientIdMetadataDocument: { enabled: true, ack: "draft-02", allowFetch: () => true, allowClient: () => true },
      resourceIndicators: resourceIndicators(issuer),
    },
    fetch: (url: URL | string) => fetch(web(new URL(url))),
    renderError: (context: { type: string; body: unknown }, out: unknown) => {
      context.type = "json";
      context.body = out;
    },
  });
}

const decision = z.object({ account: z.string(), consent: z.boolean() });

/** What the consent page of a product would do: the person is signed in and decides; the answer is where to go on. */
async function decide(engine: Provider, issuer: string, request: IncomingMessage, response: ServerResponse) {
  const { account, consent } = decision.parse(JSON.parse(await text(request)));
  if (!consent) return engine.interactionResult(request, response, { error: "access_denied" });
  const { params } = await engine.interactionDetails(request, response);
  const grant = new engine.Grant({ accountId: account, clientId: params["client_id"] ?? "" });
  const scope = params["scope"] ?? SCOPES.join(" ");
  grant.addResourceScope(params["resource"] ?? issuer, scope);
  // Scopes that discovery names are OpenID scopes to the engine, too.
  grant.addOIDCScope(`offline_access ${scope}`);
  const consented = { grantId: await grant.save() };
  return engine.interactionResult(request, response, {
    login: { accountId: account, remember: false },
    consent: consented,
  });
}

const minting = z.object({ client: z.string(), redirect: z.url(), challenge: z.string(), count: z.number() });

/** Codes as the consent page makes them, without a browser: what comes before a measurement is not measured. */
async function mint(engine: Provider, issuer: string, request: IncomingMessage): Promise<string[]> {
  const asked = minting.parse(JSON.parse(await text(request)));
  const client = await engine.Client.find(asked.client);
  const codes: string[] = [];
  for (let count = asked.count; count > 0; count -= 1) {
    const grant = new engine.Grant({ accountId: "ana", clientId: asked.client });
    grant.addResourceScope(issuer, "read write profile");
    grant.addOIDCScope("offline_access read write profile");
    const code = new engine.AuthorizationCode({
      accountId: "ana",
      client,
      grantId: await grant.save(),
      redirectUri: asked.redirect,
      scope: "read write profile offline_access",
      resource: issuer,
      codeChallenge: asked.challenge,
      codeChallengeMethod: "S256",
    });
    codes.push(await code.save());
  }
  return codes;
}

/** Starts it on a loopback port. @param database empty, with no tables of its own yet */
export async function startOracle(database: Database, port: number, web: Web): Promise<Oracle> {
  await database.migrate([{ name: "0001-oracle", statements: ORACLE_SCHEMA }]);
  const issuer = `http://127.0.0.1:${port}`;
  const engine = await provider(issuer, database, web);
  const protocol = engine.callback();
  const pages: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<unknown>> = {
    consent: async (request, response) => ({ next: await decide(engine, issuer, request, response) }),
    mint: async (request) => ({ codes: await mint(engine, issuer, request) }),
  };
  const server = createServer((request, response) => {
    const page = request.method === "POST" ? pages[request.url?.split("/")[1] ?? ""] : undefined;
    if (!page) return protocol(request, response);
    page(request, response).then(
      (answer) => response.end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    issuer,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await database.close();
    },
  };
}
