import * as oauth from "oauth4webapi";
import type { Departure, IdentityProvider, UpstreamTokens, VerifiedIdentity } from "../../kernel/ports/identity.ts";
import { type OidcPlace, type OidcServer, allowsInsecure, createOidcServer } from "./oidc-server.ts";
import { type ProviderFetch, createProviderFetch } from "./provider-fetch.ts";
import { refusedSignIn, signInError } from "./refusals.ts";
import { type Facts, isSubject, labelOf } from "./subjects.ts";
import { endAfter } from "./token-end.ts";

interface OidcParts {
  /** How people know the provider. */
  readonly title: string;
  readonly place: OidcPlace;
  /** Our id there. */
  readonly clientId: string;
  /** Undefined for a public client: PKCE alone then protects the code. */
  readonly clientSecret: string | undefined;
  /** Asked for, space-separated. */
  readonly scopes: string;
  /** Our own origin, where none of its endpoints may lie. */
  readonly ownOrigin: string;
  readonly send?: ProviderFetch;
}

/** The parts, and what is derived from them. */
interface Oidc extends OidcParts {
  readonly server: OidcServer;
  readonly http: { [oauth.customFetch]: ProviderFetch; [oauth.allowInsecureRequests]: boolean };
}

interface Kept {
  readonly refreshToken: string;
  readonly issuer: string;
}

/** An access token without an end is renewed after an hour. */
const UNKNOWN_LIFE_SECONDS = 3600;
/** Seconds that the provider's clock may be off. */
const TOLERANCE_SECONDS = 30;
const LONGEST_RETURN = 8192;

/** The client as the library takes it, with the time that the call was given. */
const clientAt = ({ clientId }: OidcParts, now: Date): oauth.Client => ({
  client_id: clientId,
  [oauth.clockSkew]: Math.round((now.getTime() - Date.now()) / 1000),
  [oauth.clockTolerance]: TOLERANCE_SECONDS,
});

/** By the method that the provider names; where it names none, the one that every provider must know (RFC 6749 §2.3.1). */
function authenticationAt({ clientSecret }: OidcParts, as: oauth.AuthorizationServer): oauth.ClientAuth {
  if (clientSecret === undefined) return oauth.None();
  const methods = as.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const byPost = methods.includes("client_secret_post") && !methods.includes("client_secret_basic");
  return byPost ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret);
}

function tokensOf(answer: oauth.TokenEndpointResponse, now: Date, kept: string | null = null): UpstreamTokens {
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? kept,
    expiresAt: endAfter(now, answer.expires_in ?? UNKNOWN_LIFE_SECONDS),
  };
}

/** An ID token that nobody here can verify is dropped unread: the userinfo endpoint then says who it is. */
async function withoutIdToken(response: Response): Promise<Response> {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = status === 200 && /json/i.test(headers.get("content-type") ?? "");
  const body: unknown = isJson ? JSON.parse(text) : null;
  if (typeof body !== "object" || body === null) return new Response(text, { status, headers });
  return new Response(JSON.stringify({ ...body, id_token: undefined }), { status, headers });
}

async function userinfo(
  oidc: Oidc,
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  accessToken: string,
  subject: string | null,
): Promise<Facts> {
  const response = await oauth.userInfoRequest(as, client, accessToken, oidc.http);
  return oauth.processUserInfoResponse(as, client, subject ?? oauth.skipSubjectCheck, response);
}

/** Where the ID token names nobody, a page may still be told: a provider that will not say is no reason to refuse. */
const moreFacts = async (
  oidc: Oidc,
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  accessToken: string,
  claims: oauth.IDToken,
): Promise<Facts> => {
  if (claims["email"] ?? claims["preferred_username"] ?? claims["name"]) return claims;
  if (as.userinfo_endpoint === undefined) return claims;
  return userinfo(oidc, as, client, accessToken, claims.sub).catch(() => claims);
};

/** The code's exchange (OpenID Connect Core §3.1.3), each step checked by the library, the signature too. */
async function exchange(
  oidc: Oidc,
  departure: Departure,
  returned: string,
  now: Date,
): Promise<{ readonly issuer: string; readonly facts: Facts; readonly tokens: UpstreamTokens }> {
  const as = await oidc.server.metadata();
  const { issuer } = as;
  const client = clientAt(oidc, now);
  const parameters = oauth.validateAuthResponse(as, client, new URLSearchParams(returned), departure.state);
  const { redirectUri, verifier, nonce } = departure;
  const sent = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    authenticationAt(oidc, as),
    parameters,
    redirectUri,
    verifier,
    oidc.http,
  );
  if (!oidc.server.signsIdTokens) {
    const answer = await oauth.processAuthorizationCodeResponse(as, client, await withoutIdToken(sent));
    return {
      issuer,
      facts: await userinfo(oidc, as, client, answer.access_token, null),
      tokens: tokensOf(answer, now),
    };
  }
  const answer = await oauth.processAuthorizationCodeResponse(as, client, sent, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(as, sent, oidc.http);
  const claims = oauth.getValidatedIdTokenClaims(answer);
  if (claims === undefined) throw refusedSignIn(oidc.title);
  return {
    issuer,
    facts: await moreFacts(oidc, as, client, answer.access_token, claims),
    tokens: tokensOf(answer, now),
  };
}

/** Tokens that another provider gave, before the settings named this one, are as good as dead. */
async function refresh(oidc: Oidc, kept: Kept, now: Date): Promise<UpstreamTokens> {
  const { refreshToken, issuer } = kept;
  const as = await oidc.server.metadata();
  if (issuer !== as.issuer) throw refusedSignIn(oidc.title);
  const client = clientAt(oidc, now);
  const sent = await oauth.refreshTokenGrantRequest(as, client, authenticationAt(oidc, as), refreshToken, oidc.http);
  const response = oidc.server.signsIdTokens ? sent : await withoutIdToken(sent);
  return tokensOf(await oauth.processRefreshTokenResponse(as, client, response), now, refreshToken);
}

async function authorizationAddress(oidc: Oidc, departure: Departure): Promise<string> {
  const { authorization_endpoint: endpoint } = await oidc.server.metadata();
  const address = new URL(endpoint ?? "");
  const parameters = {
    response_type: "code",
    client_id: oidc.clientId,
    redirect_uri: departure.redirectUri,
    scope: oidc.scopes,
    state: departure.state,
    nonce: departure.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(departure.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}

/**
 * Sign-in at any OpenID provider by redirect: code with PKCE, state, nonce and the issuer's own name on the return
 * (RFC 9207), so that no other provider's answer is taken for this one's. With the explicit endpoints, the userinfo
 * endpoint says who it is, asked with a token that the code's own exchange gave.
 * @throws Error when an explicit endpoint lies on our own origin.
 */
export function createOidcIdentity(parts: OidcParts): IdentityProvider {
  const { title, place } = parts;
  const send = parts.send ?? createProviderFetch();
  const server = createOidcServer(title, place, parts.ownOrigin, send);
  const address = place.kind === "discovery" ? place.issuer : place.token;
  const oidc: Oidc = {
    ...parts,
    server,
    http: { [oauth.customFetch]: send, [oauth.allowInsecureRequests]: allowsInsecure(address) },
  };
  const failed = (error: unknown): never => {
    throw signInError(title, error);
  };
  return {
    id: "oidc",
    title,
    takesTokens: false,
    redirect: {
      doors: [{ id: "oidc", title }],
      returnsState: true,
      begin: (departure) => authorizationAddress(oidc, departure).catch(failed),
    },
    async verify(proof, now): Promise<VerifiedIdentity> {
      const isReturn = "returned" in proof && proof.returned.length <= LONGEST_RETURN && proof.state !== "";
      if (!isReturn) throw refusedSignIn(title);
      const { issuer, facts, tokens } = await exchange(oidc, proof, proof.returned, now).catch(failed);
      if (!isSubject(facts.sub)) throw refusedSignIn(title);
      return { issuer, subject: facts.sub, label: labelOf(title, facts.sub, facts), tokens };
    },
    refresh: (kept, now) => refresh(oidc, kept, now).catch(failed),
  };
}
