import { createHash } from "node:crypto";
import { AppError } from "../../kernel/errors.ts";
import type { CodeWay, IdentityProvider, Proof, RedirectWay, UpstreamTokens } from "../../kernel/ports/identity.ts";
import { type ProviderFetch, createProviderFetch } from "./provider-fetch.ts";
import { providerUnavailable, refusedSignIn } from "./refusals.ts";
import { isSubject, labelOf } from "./subjects.ts";
import { createSupabaseApi } from "./supabase-api.ts";
import { createSupabaseTokens } from "./supabase-token.ts";
import { endAt } from "./token-end.ts";

interface SupabaseParts {
  /** The project's address, without a trailing slash. */
  readonly url: string;
  readonly jwtSecret: string | undefined;
  /** The project's public key; undefined where people come with a token alone. */
  readonly anonKey: string | undefined;
  /** What the project offers: `email`, and the names of its providers, such as `google`. */
  readonly offers: readonly string[];
  readonly send?: ProviderFetch;
}

const ID = "supabase";
const TITLE = "Supabase";
const LONGEST_RETURN = 8192;
/** How long a code lasts where the project says nothing else. */
const CODE_SECONDS = 3600;

const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

/** `google` as people write it. */
const nameOf = (offer: string): string => {
  const known: Readonly<Record<string, string>> = { github: "GitHub", gitlab: "GitLab", linkedin_oidc: "LinkedIn" };
  return known[offer] ?? `${offer.charAt(0).toUpperCase()}${offer.slice(1)}`;
};

const refusedCode = (): AppError => new AppError("invalid_code", "This code is wrong, used, or no longer valid.");

/** The address that a challenge of ours names. Nothing is kept: the service itself holds the code. */
function addressIn(challenge: string): string {
  const address = Buffer.from(challenge, "base64url").toString("utf8");
  if (!/^[^\s@\0]{1,64}@[^\s@\0]{1,255}$/.test(address)) throw refusedCode();
  return address;
}

/** What the service says in the address instead of giving a code (its link may be old, or used). */
function codeIn(returned: string): string {
  const parameters = new URLSearchParams(returned);
  const error = parameters.get("error");
  if (error === "server_error" || error === "temporarily_unavailable")
    throw providerUnavailable(TITLE, new Error(error));
  if (error === "access_denied" && parameters.get("error_code") !== "otp_expired")
    throw new AppError("access_denied", `You did not sign in at ${TITLE}.`, { next: "Sign in again, or another way." });
  const code = parameters.get("code");
  if (error !== null || !code) throw refusedSignIn(TITLE);
  return code;
}

const issuerOf = ({ url }: SupabaseParts): string => `${url}/auth/v1`;

type Api = ReturnType<typeof createSupabaseApi>;

/** Trades what came back, or a code, for the project's own tokens; undefined for a proof that is one of them. */
async function traded(api: Api | undefined, proof: Proof, now: Date): Promise<UpstreamTokens | undefined> {
  if ("returned" in proof) {
    if (api === undefined || proof.returned.length > LONGEST_RETURN) throw refusedSignIn(TITLE);
    const body = { auth_code: codeIn(proof.returned), code_verifier: proof.verifier };
    return api.trade("token?grant_type=pkce", body, now, () => refusedSignIn(TITLE));
  }
  if ("code" in proof) {
    const token = proof.code.replaceAll(/[\s-]/g, "");
    if (api === undefined || !/^\d{6,10}$/.test(token)) throw refusedCode();
    return api.trade("verify", { type: "email", email: addressIn(proof.challenge), token }, now, refusedCode);
  }
  return undefined;
}

/** At the pages of the project's providers. The service drops `state`; PKCE binds the return to the browser. */
const redirectWay = ({ url, offers }: SupabaseParts): RedirectWay => ({
  doors: offers.filter((offer) => offer !== "email").map((offer) => ({ id: `${ID}-${offer}`, title: nameOf(offer) })),
  returnsState: false,
  async begin({ redirectUri, verifier }, door) {
    const address = new URL(`${url}/auth/v1/authorize`);
    address.searchParams.set("provider", door.slice(`${ID}-`.length));
    address.searchParams.set("redirect_to", redirectUri);
    address.searchParams.set("code_challenge", challengeOf(verifier));
    address.searchParams.set("code_challenge_method", "s256");
    return address.href;
  },
});

/** By the mail that the project sends: it holds a code, a link that comes back with PKCE, or both. */
const codeWay = (api: Api): CodeWay => ({
  title: "Email by Supabase",
  async begin(address, { redirectUri, verifier }, now) {
    const pkce = { code_challenge: challengeOf(verifier), code_challenge_method: "s256" };
    await api.sendCode({ email: address, create_user: true, ...pkce }, redirectUri);
    const expiresAt = new Date(now.getTime() + CODE_SECONDS * 1000);
    return { challenge: Buffer.from(address).toString("base64url"), expiresAt };
  },
});

/** What the public key of the project adds. */
const browserWays = (parts: SupabaseParts, api: Api): Pick<IdentityProvider, "redirect" | "codes" | "refresh"> => ({
  redirect: redirectWay(parts),
  ...(parts.offers.includes("email") ? { codes: codeWay(api) } : {}),
  refresh: async ({ refreshToken, issuer }, now) => {
    if (issuer !== issuerOf(parts)) throw refusedSignIn(TITLE);
    return api.trade("token?grant_type=refresh_token", { refresh_token: refreshToken }, now, () =>
      refusedSignIn(TITLE),
    );
  },
});

/**
 * Sign-in by a Supabase project: with a token of one of its users; and, where its public key is set, in the browser by
 * the providers that it offers (PKCE), or by the code or the link that it mails. Roles and metadata inside a token are
 * never read: what somebody may do here, our own tables say.
 */
export function createSupabaseIdentity(parts: SupabaseParts): IdentityProvider {
  const send = parts.send ?? createProviderFetch();
  const { url, anonKey } = parts;
  const read = createSupabaseTokens({ ...parts, title: TITLE, send });
  const api = anonKey === undefined ? undefined : createSupabaseApi({ title: TITLE, url, anonKey, send });
  return {
    id: ID,
    title: TITLE,
    takesTokens: true,
    async verify(proof, now) {
      const got = await traded(api, proof, now);
      const accessToken = got?.accessToken ?? ("token" in proof ? proof.token : "");
      const { sub, exp = 0, email } = await read(accessToken, now);
      if (!isSubject(sub)) throw refusedSignIn(TITLE);
      const tokens = got ?? { accessToken, refreshToken: null, expiresAt: endAt(now, exp) };
      return { issuer: issuerOf(parts), subject: sub, label: labelOf(TITLE, sub, { email }), tokens };
    },
    ...(api === undefined ? {} : browserWays(parts, api)),
  };
}
