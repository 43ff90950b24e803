import { exportJWK, generateKeyPair } from "jose";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { TestContext } from "node:test";
import { Provider } from "oidc-provider";

export const OPENID_CLIENT = "bellhop-at-the-company";
export const OPENID_SECRET = "a secret of our server at the company, long enough";

/** A company's own sign-in: a certified OpenID provider on loopback, whose people answer at once. */
export interface OpenIdPeer {
  readonly issuer: string;
  /** Who sits at the browser that visits it next; null declines. */
  person: { readonly id: string; readonly email: string } | null;
}

/** @param redirectUris ours, as we register them there. */
export async function startOpenId(t: TestContext, redirectUris: readonly string[]): Promise<OpenIdPeer> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: "company-1" };
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const issuer = `http://localhost:${typeof address === "object" ? address?.port : ""}`;
  const emails = new Map<string, string>();
  const provider = new Provider(issuer, {
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: OPENID_CLIENT,
        client_secret: OPENID_SECRET,
        redirect_uris: [...redirectUris],
        grant_types: ["authorization_code", "refresh_token"],
        application_type: "native",
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: true,
    issueRefreshToken: () => true,
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: emails.get(id), email_verified: true }),
    }),
    ttl: { Interaction: 600, Grant: 3600, Session: 3600, AccessToken: 3600, RefreshToken: 86_400, IdToken: 3600 },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/answer/${uid}` },
    features: { devInteractions: { enabled: false } },
  });

  /** The person answers whatever is asked: who they are, and yes. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { person } = peer;
    const { params } = await provider.interactionDetails(request, response);
    const go = async (result: Record<string, unknown>): Promise<void> => {
      const location = await provider.interactionResult(request, response, result);
      response.writeHead(303, { location }).end();
    };
    if (person === null) return go({ error: "access_denied" });
    emails.set(person.id, person.email);
    const grant = new provider.Grant({ accountId: person.id, clientId: OPENID_CLIENT });
    grant.addOIDCScope(params["scope"] ?? "openid");
    return go({ login: { accountId: person.id, remember: false }, consent: { grantId: await grant.save() } });
  }

  const callback = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/answer/")) void answer(request, response);
    else void callback(request, response);
  });
  const peer: OpenIdPeer = { issuer, person: { id: "ada-at-company", email: "ada@company.example" } };
  return peer;
}
