import type { RequestContext } from "../http/router.ts";
import { AppError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import { refuseBearer } from "./bearer-refusal.ts";
import { refusing } from "./refusing.ts";

/** What is known of a person that a client with the scope `profile` may see. */
export interface PersonProfile {
  /** How they want to be called; null when they never said. */
  readonly name: string | null;
  /** An address that they have proven to hold, or null. */
  readonly email: string | null;
}

export interface UserinfoParts {
  readonly baseUrl: string;
  /** Who calls. */
  readonly authenticate: (request: Request) => Promise<Principal>;
  /** null when there is no such person any more. */
  readonly profile: (userId: string) => Promise<PersonProfile | null>;
}

/**
 * The person behind an access token for any address of this server: who they are does not depend on it.
 * @throws AppError `authentication_required`, `invalid_token` or `insufficient_scope`.
 */
async function personOf(c: RequestContext, parts: UserinfoParts) {
  const { userId, scopes } = await parts.authenticate(c.req.raw);
  if (!scopes.has("profile")) {
    throw new AppError("insufficient_scope", "The access token does not hold the scope profile.", {
      details: { scope: "profile" },
    });
  }
  const profile = await parts.profile(userId);
  if (profile === null) throw new AppError("invalid_token", "There is no such account any more.");
  return { userId, ...profile };
}

const answering =
  (shape: (person: PersonProfile & { readonly userId: string }) => object) =>
  (c: RequestContext, parts: UserinfoParts): Promise<Response> =>
    personOf(c, parts)
      .then((person) => c.json(shape(person), 200, { "cache-control": "no-store" }))
      .catch(refusing((error) => refuseBearer(c, parts.baseUrl, "profile", error)));

/**
 * `/userinfo` in the shape of OpenID Connect Core §5.3: an address is named only when its holder has proven it, and a
 * claim that is not known is left out.
 */
export const userinfo = answering(({ userId, name, email }) => ({
  sub: userId,
  ...(name === null ? {} : { name }),
  ...(email === null ? {} : { email, email_verified: true }),
}));

/** `/api/connector/oauth/userinfo` as the first stack published it; roles are none of an assistant's business. */
export const connectorUserinfo = answering(({ userId, name, email }) => ({
  sub: userId,
  email,
  email_verified: email !== null,
  app_metadata: {},
  user_metadata: name === null ? {} : { full_name: name },
}));
