import type { SignInValues } from "./sign-in-settings.ts";

/** How people sign in. */
export interface SignInConfig {
  /** Whether we mail codes ourselves. */
  readonly email: boolean;
  /** Milliseconds that a provider has for each answer. */
  readonly providerTimeoutMs: number;
  readonly privy:
    | {
        readonly appId: string;
        readonly verificationKey: string | undefined;
        readonly scriptUrl: string | undefined;
      }
    | undefined;
  readonly supabase:
    | {
        readonly url: string;
        readonly jwtSecret: string | undefined;
        readonly anonKey: string | undefined;
        /** `email`, and names of the project's providers. */
        readonly offers: readonly string[];
      }
    | undefined;
  readonly oidc:
    | {
        readonly title: string;
        readonly clientId: string;
        readonly clientSecret: string | undefined;
        readonly scopes: string;
        readonly place:
          | { readonly kind: "discovery"; readonly issuer: string }
          | {
              readonly kind: "endpoints";
              readonly authorization: string;
              readonly token: string;
              readonly userinfo: string;
            };
      }
    | undefined;
  readonly turnstile: { readonly siteKey: string; readonly secretKey: string; readonly origin: string } | undefined;
}

interface Problem {
  readonly name: string;
  readonly why: string;
}

const ENDPOINTS = [
  "TOKEN_AI_OIDC_AUTHORIZATION_ENDPOINT",
  "TOKEN_AI_OIDC_TOKEN_ENDPOINT",
  "TOKEN_AI_OIDC_USERINFO",
] as const;

type Oidc = NonNullable<SignInConfig["oidc"]>;

function placeOf(values: SignInValues): Oidc["place"] | undefined {
  const { OIDC_ISSUER: issuer } = values;
  const [authorization, token, userinfo] = ENDPOINTS.map((name) => values[name]);
  if (authorization && token && userinfo) return Object.freeze({ kind: "endpoints", authorization, token, userinfo });
  return issuer === undefined ? undefined : Object.freeze({ kind: "discovery", issuer });
}

/** Our id at a provider comes from the spelling that the provider came in. */
function oidcOf(values: SignInValues): Oidc | undefined {
  const place = placeOf(values);
  const clientId = place?.kind === "endpoints" ? values.TOKEN_AI_OIDC_CLIENT_ID : values.OIDC_CLIENT_ID;
  if (place === undefined || clientId === undefined) return undefined;
  const { hostname } = new URL(place.kind === "endpoints" ? place.authorization : place.issuer);
  return Object.freeze({
    title: values.OIDC_TITLE ?? hostname,
    clientId,
    clientSecret: values.OIDC_CLIENT_SECRET,
    scopes: values.OIDC_SCOPES,
    place,
  });
}

/** The part of the configuration that says how people sign in. */
export function signInOf(values: SignInValues): SignInConfig {
  const { PRIVY_APP_ID: appId, SUPABASE_URL: url } = values;
  const { TURNSTILE_SITE_KEY: siteKey, TURNSTILE_SECRET_KEY: secretKey, TURNSTILE_ORIGIN: origin } = values;
  return Object.freeze({
    email: values.BELLHOP_EMAIL_SIGN_IN === "on",
    providerTimeoutMs: values.PRIVY_TOKEN_EXCHANGE_TIMEOUT_MS,
    privy: appId
      ? Object.freeze({ appId, verificationKey: values.PRIVY_VERIFICATION_KEY, scriptUrl: values.PRIVY_SCRIPT_URL })
      : undefined,
    supabase: url
      ? Object.freeze({
          url,
          jwtSecret: values.SUPABASE_JWT_SECRET,
          anonKey: values.SUPABASE_ANON_KEY,
          offers: Object.freeze(values.SUPABASE_SIGN_IN),
        })
      : undefined,
    oidc: oidcOf(values),
    turnstile: siteKey && secretKey ? Object.freeze({ siteKey, secretKey, origin }) : undefined,
  });
}

/** Whether `TOKEN_AI_OIDC_CLIENT_ID` is our id at a provider; otherwise it is that of a preset client here. */
export const hasExplicitEndpoints = (values: SignInValues): boolean => placeOf(values)?.kind === "endpoints";

const missing = (given: ReadonlyMap<string, string>, name: string, needed: string): Problem[] =>
  given.has(name) && !given.has(needed) ? [{ name: needed, why: `is needed with ${name}` }] : [];

/** Rules between settings of sign-in that need no more than their presence. */
export function signInGaps(given: ReadonlyMap<string, string>): Problem[] {
  const anyEndpoint = ENDPOINTS.find((name) => given.has(name));
  const absent = anyEndpoint ? [...ENDPOINTS, "TOKEN_AI_OIDC_CLIENT_ID"].filter((name) => !given.has(name)) : [];
  return [
    ...absent.map((name) => ({ name, why: `is needed with ${anyEndpoint}` })),
    ...(anyEndpoint && given.has("OIDC_ISSUER")
      ? [{ name: "OIDC_ISSUER", why: "cannot stand beside the TOKEN_AI_OIDC endpoints: one OpenID provider is used" }]
      : []),
    ...missing(given, "OIDC_ISSUER", "OIDC_CLIENT_ID"),
    ...missing(given, "TURNSTILE_SITE_KEY", "TURNSTILE_SECRET_KEY"),
    ...missing(given, "TURNSTILE_SECRET_KEY", "TURNSTILE_SITE_KEY"),
  ];
}

/** Rules that need the published address: nobody is sent from us to us to say who they are; and somebody must get in. */
export function signInProblems(values: SignInValues, baseUrl: string): Problem[] {
  const ours = [...ENDPOINTS, "OIDC_ISSUER" as const].filter((name) => {
    const address = values[name];
    return address !== undefined && new URL(address).origin === baseUrl;
  });
  const { email, privy, supabase, oidc } = signInOf(values);
  const closed = !email && !privy && !supabase && !oidc;
  return [
    ...ours.map((name) => ({ name, why: "is an address of this server: name the provider's own" })),
    ...(closed ? [{ name: "BELLHOP_EMAIL_SIGN_IN", why: "cannot be off while no other way to sign in is set" }] : []),
  ];
}

const NO_ADDRESS =
  "BELLHOP_EMAIL_SIGN_IN is off, so nobody can prove an address to us: whoever has not done so before is told of what waits for them, and of new ways into their account, in browsers that they have added alone.";

/** What is set in vain, or leaves people untold, as warnings. */
export function signInWarnings(given: ReadonlyMap<string, string>): string[] {
  const useless = (name: string, needed: string): string[] =>
    given.has(name) && !given.has(needed) ? [`${name} has no effect without ${needed}.`] : [];
  const noProvider = !given.has("OIDC_ISSUER") && !ENDPOINTS.some((name) => given.has(name));
  const inVain = ["OIDC_CLIENT_SECRET", "OIDC_TITLE", "OIDC_SCOPES"].filter((name) => noProvider && given.has(name));
  return [
    ...(given.get("BELLHOP_EMAIL_SIGN_IN") === "off" ? [NO_ADDRESS] : []),
    ...useless("PRIVY_VERIFICATION_KEY", "PRIVY_APP_ID"),
    ...useless("PRIVY_SCRIPT_URL", "PRIVY_APP_ID"),
    ...useless("SUPABASE_JWT_SECRET", "SUPABASE_URL"),
    ...useless("SUPABASE_ANON_KEY", "SUPABASE_URL"),
    ...useless("SUPABASE_SIGN_IN", "SUPABASE_ANON_KEY"),
    ...useless("OIDC_CLIENT_ID", "OIDC_ISSUER"),
    ...inVain.map((name) => `${name} has no effect without OIDC_ISSUER.`),
    ...useless("TURNSTILE_ORIGIN", "TURNSTILE_SITE_KEY"),
  ];
}
