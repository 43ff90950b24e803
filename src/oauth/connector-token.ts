import { readForm } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import { sha256 } from "../kernel/seal.ts";
import { countingFailures } from "./counted-failures.ts";
import { findCode } from "./records/codes.ts";
import { findLiveGrant } from "./records/grants.ts";
import { issueTokens, tokenAnswer, tokenForm, type TokenForm, type TokenParts } from "./token.ts";

/**
 * The client that a code or refresh token was made for. The published form does not name it: a public client proves
 * itself by what it holds anyway, and any other must still prove itself.
 */
async function impliedClient(parts: TokenParts, form: TokenForm): Promise<string | undefined> {
  const { handle } = parts.database;
  if (form.code !== undefined) return (await findCode(handle, sha256(form.code)))?.clientId;
  const claims = form.refresh_token === undefined ? null : parts.refreshTokens.read(form.refresh_token);
  return claims === null ? undefined : (await findLiveGrant(handle, claims.grantId, parts.clock()))?.clientId;
}

const namesItself = (c: RequestContext, form: TokenForm): boolean =>
  form.client_id !== undefined || form.client_assertion !== undefined || c.req.header("authorization") !== undefined;

/**
 * `POST /api/connector/oauth/token` as the first stack published it. What it called `dexter_mcp_jwt` is the access token
 * itself: there is one token, bound to one grant. No token of the upstream provider is in it.
 */
export async function connectorToken(c: RequestContext, parts: TokenParts): Promise<Response> {
  const answer = async () => {
    const form = await readForm(c, tokenForm);
    const named = namesItself(c, form) ? form : { ...form, client_id: await impliedClient(parts, form) };
    const issue = await issueTokens(c, parts, named);
    const tokens = await tokenAnswer(parts, issue);
    return {
      ...tokens,
      supabase_user_id: issue.grant.userId,
      wallet_public_key: null,
      dexter_mcp_jwt: tokens.access_token,
    };
  };
  const tokens = await countingFailures(parts.limits, parts.clientAddress(c), answer);
  return c.json(tokens, 200, { "cache-control": "no-store", pragma: "no-cache" });
}
