import { createHash, randomBytes } from "node:crypto";
import { SignJWT, exportSPKI, generateKeyPair } from "jose";
import * as z from "zod";

/** A Privy app of the test's own: its key signs what Privy's would. */
export interface PrivyApp {
  readonly appId: string;
  /** PEM, for PRIVY_VERIFICATION_KEY. */
  readonly verificationKey: string;
  /** An access token as Privy issues it, with what is wrong about it. */
  token(claims?: { subject?: string; audience?: string; issuer?: string; expiresIn?: string }): Promise<string>;
}

export async function privyApp(appId = "test-app"): Promise<PrivyApp> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  return {
    appId,
    verificationKey: await exportSPKI(publicKey),
    token: ({ subject = "did:privy:ana", audience = appId, issuer = "privy.io", expiresIn = "1h" } = {}) =>
      new SignJWT({ sid: "session" })
        .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: "key" })
        .setSubject(subject)
        .setAudience(audience)
        .setIssuer(issuer)
        .setIssuedAt()
        .setExpirationTime(expiresIn)
        .sign(privateKey),
  };
}

const REDIRECT = "https://client.example/callback";
const registered = z.object({ client_id: z.string() });
const issued = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.literal(3600),
  scope: z.string(),
});

export type Tokens = z.infer<typeof issued>;

const postJson = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** A pair for PKCE (RFC 7636 §4). */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** Registers a client. */
export async function register(url: string): Promise<string> {
  const response = await postJson(`${url}/register`, { client_name: "Scripted client", redirect_uris: [REDIRECT] });
  return registered.parse(await response.json()).client_id;
}

interface Completion {
  readonly url: string;
  readonly clientId: string;
  readonly challenge: string;
  readonly privyToken: string;
  /** What to change of the request; undefined members are left out. */
  readonly change?: Record<string, unknown>;
}

/** `POST /authorize/complete` with the published JSON contract. */
export const complete = ({ url, clientId, challenge, privyToken, change = {} }: Completion): Promise<Response> =>
  postJson(`${url}/authorize/complete`, {
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: "read write profile",
    state: "state-1",
    code_challenge: challenge,
    code_challenge_method: "S256",
    privy_user_id: "did:privy:ana",
    privy_token: privyToken,
    user_consent: true,
    ...change,
  });

/** `POST /token`. */
export const token = (url: string, parameters: Record<string, string>): Promise<Response> =>
  fetch(`${url}/token`, { method: "POST", body: new URLSearchParams(parameters) });

/** Links without a browser, as the published contract allows, and returns the tokens. */
export async function linkWithPrivy(
  url: string,
  app: PrivyApp,
  subject = "did:privy:ana",
  scope = "read write profile",
): Promise<Tokens & { clientId: string }> {
  const clientId = await register(url);
  const { verifier, challenge } = pkce();
  const privyToken = await app.token({ subject });
  const completed = await complete({ url, clientId, challenge, privyToken, change: { privy_user_id: subject, scope } });
  const { code } = z.object({ code: z.string() }).parse(await completed.json());
  const answer = await token(url, {
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    client_id: clientId,
    redirect_uri: REDIRECT,
  });
  return { ...issued.parse(await answer.json()), clientId };
}

/** `tools/call` in the 2025 form, with nothing but fetch. */
export function callTool(
  mcpUrl: string,
  accessToken: string,
  name: string,
  input: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(mcpUrl, {
    method: "POST",
    headers: {
      authorization: `Bearer ${accessToken}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-11-25",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: input } }),
  });
}
