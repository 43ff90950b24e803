import type { RequestContext } from "../http/router.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError, errorTable } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import { refuseBearer } from "./bearer-refusal.ts";
import { issuedAtOf } from "./jwt.ts";
import type { Client } from "./records/clients.ts";
import { refusing } from "./refusing.ts";

/** RFC 8693 §2.1. */
export const EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
/** RFC 8693 §3. */
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const SCOPE = "privy:token:exchange";
const PROVIDER = "privy";

/** What an exchange needs beside the client. */
export interface ExchangeParts {
  readonly clock: Clock;
  /** Who calls with a bearer; the same check as for any call. */
  readonly authenticate: (request: Request) => Promise<Principal>;
  /** The client of an id, whatever its kind. @throws AppError `invalid_client`. */
  readonly clientOf: (clientId: string) => Promise<Client>;
  /** The person's live token at a provider. @throws AppError `relink_required`. */
  readonly upstreamToken: (userId: string, provider: string) => Promise<UpstreamToken>;
  readonly baseUrl: string;
}

/** The parameters of RFC 8693 §2.1 that mean something here. */
export interface ExchangeForm {
  readonly subject_token?: string | undefined;
  readonly subject_token_type?: string | undefined;
  readonly requested_token_type?: string | undefined;
  readonly actor_token?: string | undefined;
  readonly audience?: string | undefined;
}

/** A person's live token at a provider. */
interface UpstreamToken {
  readonly token: string;
  readonly expiresAt: Date;
  /** The person's id at the provider. */
  readonly subject: string;
}

const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);

/**
 * Whoever holds a person's token at the provider is that person there, so it goes to one kind of client alone: the
 * company's own service, made by the operator, with a secret or key of its own. No setting opens it to others.
 * @throws AppError `unauthorized_client`.
 */
function requireInternal(client: Client): void {
  if (client.internal && client.authMethod !== "none" && client.disabledAt === null) return;
  throw new AppError("unauthorized_client", "Only a service of the company's own may obtain a token of the provider.", {
    next: "An operator makes such a client with `npm start -- client create`.",
  });
}

/** @throws AppError `insufficient_scope`: the person agreed to this for this client, or it does not happen. */
async function exchange(parts: ExchangeParts, caller: Principal): Promise<UpstreamToken> {
  if (!caller.scopes.has(SCOPE)) {
    throw new AppError("insufficient_scope", `The access token does not hold the scope ${SCOPE}.`, {
      details: { scope: SCOPE },
    });
  }
  return parts.upstreamToken(caller.userId, PROVIDER);
}

const notOurs = (cause?: unknown): AppError =>
  new AppError("invalid_request", "subject_token is expired, revoked, or not one of this server.", { cause });

/** The caller that a token stands for, as if it had called with it itself. What no header can carry is no token. */
function bearing(token: string): Request {
  if (!/^[\x21-\x7e]+$/.test(token)) throw notOurs();
  return new Request("http://localhost/", { headers: { authorization: `Bearer ${token}` } });
}

/**
 * Token exchange (RFC 8693): a service hands in an access token that was issued to itself, and gets the person's token at
 * the provider.
 * @param client proven, by `authenticateClient`.
 * @throws AppError `unauthorized_client`, `invalid_request`, `invalid_target`, `insufficient_scope`, `relink_required`.
 */
export async function exchangeToken(parts: ExchangeParts, client: Client, form: ExchangeForm) {
  requireInternal(client);
  if (form.subject_token === undefined) throw new AppError("invalid_request", "subject_token is missing.");
  if (form.subject_token_type !== ACCESS_TOKEN)
    throw new AppError("invalid_request", `subject_token_type must be ${ACCESS_TOKEN}.`);
  if ((form.requested_token_type ?? ACCESS_TOKEN) !== ACCESS_TOKEN)
    throw new AppError("invalid_request", `requested_token_type can only be ${ACCESS_TOKEN}.`);
  if (form.actor_token !== undefined)
    throw new AppError("invalid_request", "There is no delegation: leave actor_token out.");
  if ((form.audience ?? PROVIDER) !== PROVIDER)
    throw new AppError("invalid_target", `The audience can only be ${PROVIDER}.`);
  const caller = await parts.authenticate(bearing(form.subject_token)).catch((cause: unknown) => {
    // RFC 8693 §2.2.2: a subject token that does not stand is an invalid request.
    if (!(cause instanceof AppError) || errorTable[cause.code].oauth !== "invalid_token") throw cause;
    throw notOurs(cause);
  });
  if (caller.clientId !== client.id)
    throw new AppError("invalid_request", "subject_token was issued to another client.");
  const { token, expiresAt } = await exchange(parts, caller);
  return {
    access_token: token,
    issued_token_type: ACCESS_TOKEN,
    token_type: "Bearer",
    expires_in: Math.max(0, secondsOf(expiresAt) - secondsOf(parts.clock())),
  };
}

/**
 * `POST /token/privy/access-token`, the same as the seed published it: the access token itself is the credential, and
 * only one that was issued to such a service opens it.
 */
export function privyAccessToken(c: RequestContext, parts: ExchangeParts): Promise<Response> {
  const answer = async () => {
    const caller = await parts.authenticate(c.req.raw);
    requireInternal(await parts.clientOf(caller.clientId));
    const { token, subject, expiresAt } = await exchange(parts, caller);
    return {
      privyAccessToken: token,
      expiresAt: secondsOf(expiresAt),
      issuedAt: issuedAtOf(token),
      userId: subject,
      scope: [...caller.scopes],
    };
  };
  return answer()
    .then((found) => c.json(found, 200, { "cache-control": "no-store", pragma: "no-cache" }))
    .catch(refusing((error) => refuseBearer(c, parts.baseUrl, SCOPE, error)));
}
