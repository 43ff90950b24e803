import * as z from "zod";
import { secret, setting } from "./describe.ts";
import {
  appId,
  httpsUrl,
  names,
  oneOf,
  origin,
  originOf,
  plainText,
  scopeList,
  verificationKey,
  wholeNumber,
} from "./fields.ts";

/** How people sign in: a part of the one schema. */
export const signInSettings = {
  BELLHOP_EMAIL_SIGN_IN: setting(
    "Sign-in",
    "Whether people may sign in by a code that this server mails. `off` leaves the providers set here alone.",
    "off",
    oneOf(["on", "off"]).default("on"),
  ),
  PRIVY_APP_ID: setting(
    "Sign-in",
    "Switches sign-in with Privy on, for this app.",
    "clx0000000000000000000000",
    appId.optional(),
  ),
  PRIVY_VERIFICATION_KEY: setting(
    "Sign-in",
    "The app's verification key, PEM. Without it the key set that Privy publishes for the app is fetched.",
    "the key of Privy's dashboard, its line breaks written as `\\n`",
    verificationKey.optional(),
  ),
  PRIVY_SCRIPT_URL: setting(
    "Sign-in",
    "Script of yours that signs people in with Privy in our page (docs/sign-in.md). The page may load scripts from its origin, and from no other.",
    "https://static.example.com/privy-sign-in.js",
    httpsUrl.optional(),
  ),
  PRIVY_TOKEN_EXCHANGE_TIMEOUT_MS: setting(
    "Sign-in",
    "Milliseconds that a sign-in provider has for each answer: its keys, a code's exchange, a renewal.",
    "5000",
    wholeNumber(100, 15_000).default(10_000),
  ),
  SUPABASE_URL: setting(
    "Sign-in",
    "Switches sign-in with the people of this Supabase project on.",
    "https://abcdefghijklmnopqrst.supabase.co",
    origin(originOf).optional(),
  ),
  SUPABASE_JWT_SECRET: secret(
    "Sign-in",
    "The project's shared secret (HS256). Without it the keys that the project publishes are fetched, and HS256 is refused.",
    "the JWT secret of Supabase's dashboard",
    plainText(16, 1024).optional(),
  ),
  SUPABASE_ANON_KEY: setting(
    "Sign-in",
    "The project's public key (anon or publishable). With it people sign in with Supabase in our page; without it only with a token.",
    "the anon key of Supabase's dashboard",
    plainText(8, 4096).optional(),
  ),
  SUPABASE_SIGN_IN: setting(
    "Sign-in",
    "What the page offers of the project, separated by commas: `email`, and providers that the project has switched on.",
    "email,google,github",
    names.default(["email"]),
  ),
  OIDC_ISSUER: setting(
    "Sign-in",
    "Switches sign-in with an OpenID provider on, found by its metadata under this address.",
    "https://login.example.com",
    httpsUrl.optional(),
  ),
  OIDC_CLIENT_ID: setting("Sign-in", "Our id at that provider.", "bellhop", plainText(1, 300).optional()),
  OIDC_CLIENT_SECRET: secret(
    "Sign-in",
    "Our secret at the OpenID provider, also beside the TOKEN_AI_OIDC endpoints. Without it we are a public client with PKCE.",
    "the secret that the provider gave",
    plainText(1, 1024).optional(),
  ),
  OIDC_TITLE: setting(
    "Sign-in",
    "How people know the OpenID provider: `Continue with ...`.",
    "Example Inc.",
    plainText(1, 40).optional(),
  ),
  OIDC_SCOPES: setting(
    "Sign-in",
    "What is asked of the OpenID provider. `offline_access` lets tools use its tokens for longer than they last.",
    "openid profile email offline_access",
    scopeList.default("openid profile email"),
  ),
  TOKEN_AI_OIDC_CLIENT_ID: setting(
    "Sign-in",
    "With the three TOKEN_AI_OIDC endpoints: our id at that provider. Without them: the id of a preset client that links here.",
    "dexter-mcp",
    plainText(1, 200).optional(),
  ),
  TOKEN_AI_OIDC_AUTHORIZATION_ENDPOINT: setting(
    "Sign-in",
    "Where people sign in at an OAuth provider without metadata. Set with the next two; never an address of this server.",
    "https://login.example.com/authorize",
    httpsUrl.optional(),
  ),
  TOKEN_AI_OIDC_TOKEN_ENDPOINT: setting(
    "Sign-in",
    "Where that provider exchanges codes.",
    "https://login.example.com/token",
    httpsUrl.optional(),
  ),
  TOKEN_AI_OIDC_USERINFO: setting(
    "Sign-in",
    "Where that provider says who somebody is (`sub`).",
    "https://login.example.com/userinfo",
    httpsUrl.optional(),
  ),
  TURNSTILE_SITE_KEY: setting(
    "Sign-in",
    "Has Cloudflare Turnstile check that a person asks for a code; needed with TURNSTILE_SECRET_KEY.",
    "0x4AAAAAAAxxxxxxxxxxxxxx",
    plainText(1, 100).optional(),
  ),
  TURNSTILE_SECRET_KEY: secret(
    "Sign-in",
    "The site's secret key at Turnstile. When the check cannot be made, no code is sent.",
    "the secret key of Turnstile's dashboard",
    plainText(1, 200).optional(),
  ),
  TURNSTILE_ORIGIN: setting(
    "Sign-in",
    "Where Turnstile is.",
    "https://challenges.cloudflare.com",
    origin(originOf).default("https://challenges.cloudflare.com"),
  ),
} as const;

const part = z.object(signInSettings);

/** What the part of the schema gives. */
export type SignInValues = z.output<typeof part>;
