import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import type { UpstreamTokens } from "../../kernel/ports/identity.ts";
import type { ProviderFetch } from "./provider-fetch.ts";
import { providerUnavailable } from "./refusals.ts";
import { endAfter } from "./token-end.ts";

interface ApiParts {
  readonly title: string;
  /** The project's address, without a trailing slash. */
  readonly url: string;
  /** The project's public key (`anon` or `publishable`): names the project, opens nothing. */
  readonly anonKey: string;
  readonly send: ProviderFetch;
}

const sessionSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.number().positive().nullish(),
});

const errorSchema = z.object({ error_code: z.string() });

/** Statuses by which the service judges what was sent; any other failure is its own, or one of our settings. */
const VERDICTS: ReadonlySet<number> = new Set([400, 403, 404, 410, 422]);

/** What it says of an address that has no account where it makes none: answered as if it had (no address is told apart). */
const NO_ACCOUNT: ReadonlySet<string> = new Set(["otp_disabled", "signup_disabled", "user_not_found"]);

const DEFAULT_LIFE_SECONDS = 3600;

/** The few requests of a Supabase project's own sign-in service that we make. */
export function createSupabaseApi({ title, url, anonKey, send }: ApiParts) {
  async function post(path: string, body: Readonly<Record<string, unknown>>): Promise<Response> {
    const response = await send(`${url}/auth/v1/${path}`, {
      method: "POST",
      headers: { apikey: anonKey, "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
    }).catch((error: unknown) => {
      throw providerUnavailable(title, error);
    });
    if (response.status !== 429) return response;
    const retryAfter = Number(response.headers.get("retry-after"));
    throw new AppError("rate_limited", `${title} takes no more requests for now.`, {
      details: { retryAfter: Number.isInteger(retryAfter) && retryAfter > 0 ? retryAfter : 60 },
    });
  }

  async function session(response: Response, now: Date): Promise<UpstreamTokens> {
    const parsed = sessionSchema.safeParse(await response.json().catch(() => null));
    if (!parsed.success) throw providerUnavailable(title, new Error("not a session"));
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = parsed.data;
    const expiresAt = endAfter(now, seconds ?? DEFAULT_LIFE_SECONDS);
    return { accessToken, refreshToken: refreshToken ?? null, expiresAt };
  }

  return {
    /** Trades a proof for a session. @param refused what is thrown when the service says no. */
    async trade(
      path: string,
      body: Readonly<Record<string, unknown>>,
      now: Date,
      refused: () => AppError,
    ): Promise<UpstreamTokens> {
      const response = await post(path, body);
      if (response.status === 200) return session(response, now);
      if (VERDICTS.has(response.status)) throw refused();
      throw providerUnavailable(title, new Error(`status ${response.status}`));
    },
    /** Has a mail with a code and a link sent. */
    async sendCode(body: Readonly<Record<string, unknown>>, redirectTo: string): Promise<void> {
      const response = await post(`otp?${new URLSearchParams({ redirect_to: redirectTo })}`, body);
      if (response.status === 200) return;
      const said = errorSchema.safeParse(await response.json().catch(() => null));
      if (said.success && NO_ACCOUNT.has(said.data.error_code)) return;
      throw providerUnavailable(title, new Error(`status ${response.status}`));
    },
  };
}
