import * as z from "zod";
import { parseInput, readJson, readParameters } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import { AppError } from "../kernel/errors.ts";
import { LONGEST_HANDLE } from "../kernel/seal.ts";
import { authorizationParameters } from "./authorization-request.ts";
import { browserHeaders } from "./error-page.ts";
import { approved, checkedRequest, type ConsentParts, declined } from "./consent.ts";
import { countingFailures } from "./counted-failures.ts";
import { parameter } from "./parameters.ts";

/*
 * The addresses under which the first stack published its linking. They are other spellings of the same steps: one
 * issuer, the same checks, the same consent.
 */

const UPSTREAM = "supabase";

const wantsJson = (c: RequestContext): boolean =>
  c.req.query("response_mode") === "json" || (c.req.header("accept") ?? "").includes("application/json");

/** What was asked for, in the stack's own words. */
const asked = (request: {
  readonly client: { readonly id: string };
  redirectUri: string;
  state: string | undefined;
}) => ({
  client_id: request.client.id,
  redirect_uri: request.redirectUri,
  state: request.state ?? null,
});

/**
 * `GET /api/connector/oauth/authorize`: a browser goes on to `/authorize` with the same request; a caller that asks for
 * JSON gets the pending request's id, and the page where the person decides. The id opens only with the cookie that comes
 * beside it.
 */
export async function connectorAuthorize(c: RequestContext, parts: ConsentParts): Promise<Response> {
  const query = new URL(c.req.url).searchParams;
  // The published form names neither; anything but JSON is for the checks to refuse.
  if (query.get("response_mode") === "json") query.delete("response_mode");
  if (!query.has("response_type")) query.set("response_type", "code");
  if (!wantsJson(c)) {
    const location = `${parts.baseUrl}/authorize?${query.toString()}`;
    return new Response(null, { status: 302, headers: { ...browserHeaders, location } });
  }
  const parameters = parseInput(authorizationParameters, readParameters(query));
  const request = await checkedRequest(c, parts, parameters);
  const { handle, setCookie } = parts.pendingRequests.begin(c.req.raw, parameters, null);
  const answer = {
    ok: true,
    request_id: handle,
    login_url: `${parts.baseUrl}/app/consent?request=${handle}`,
    ...asked(request),
    scope: request.scopes.granted.join(" "),
  };
  return c.json(answer, 200, { "cache-control": "no-store", "set-cookie": setCookie });
}

const requestQuery = z.object({ request_id: z.string().min(1).max(LONGEST_HANDLE) });

/** `GET /api/connector/oauth/request?request_id=`: what is pending, for the browser that began it. */
export async function connectorRequest(c: RequestContext, parts: ConsentParts): Promise<Response> {
  const query = parseInput(requestQuery, readParameters(new URL(c.req.url).searchParams));
  const pending = parts.pendingRequests.open(c.req.raw, query.request_id);
  const request = await checkedRequest(c, parts, pending.parameters);
  const answer = { ok: true, request: { ...asked(request), scope: request.scopes.granted.join(" ") } };
  return c.json(answer, 200, { "cache-control": "no-store" });
}

const exchangeBody = z.object({
  request_id: z.string().min(1).max(LONGEST_HANDLE),
  access_token: parameter(8192),
  supabase_user_id: parameter(200),
  user_consent: z.boolean("must be true or false: consent is never implied"),
});

/**
 * `POST /api/connector/oauth/exchange`: the person decides, and is known by a verified Supabase access token. A
 * `supabase_user_id` is only ever compared with that token; a `refresh_token`, which nothing proves, is not even read.
 */
export async function connectorExchange(c: RequestContext, parts: ConsentParts): Promise<Response> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const body = await readJson(c, exchangeBody);
  const decided = await countingFailures(parts.limits, parts.clientAddress(c), async () => {
    const { id: requestId, channel, parameters } = parts.pendingRequests.open(c.req.raw, body.request_id);
    const request = await checkedRequest(c, parts, parameters);
    const { redirect_uri, state } = asked(request);
    if (!body.user_consent) {
      const { redirect_uri: redirect_url, error } = declined(parts, request);
      return { ok: true, redirect_uri, redirect_url, error, state };
    }
    if (body.access_token === undefined) throw new AppError("invalid_request", "access_token is missing.");
    const { userId } = await parts.signInWithToken(UPSTREAM, body.access_token, body.supabase_user_id);
    const { redirect_uri: redirect_url, code } = await approved(parts, { requestId, request, channel }, userId);
    return { ok: true, redirect_uri, redirect_url, code, state };
  });
  return c.json(decided, 200, { "cache-control": "no-store" });
}
