import * as z from "zod";
import { readJson } from "../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../http/router.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { HumanCheck } from "../kernel/ports/human-check.ts";
import type { CodeWay, IdentityProvider, VerifiedIdentity } from "../kernel/ports/identity.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { Departures } from "./departures.ts";
import { channelOf, destinationOf, wayBack } from "./destination.ts";
import { emailAddress } from "./email-address.ts";
import type { EmailIdentity } from "./email-identity.ts";
import type { KnownBrowsers } from "./known-browsers.ts";
import { privateJson } from "./private-json.ts";
import { type Way, waysIn } from "./proofs.ts";
import type { User, UserIdentity } from "./records/users.ts";
import { redirectRoutes } from "./redirect-routes.ts";
import type { Sessions } from "./sessions.ts";
import { proofsFromClient, takeCodeLimits } from "./sign-in-limits.ts";
import { CODE_ACTION, signInOptions } from "./sign-in-options.ts";

interface RouteParts {
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly limits: LimitsPort;
  readonly localMailbox: boolean;
  /** Null where no codes of our own are sent. */
  readonly email: EmailIdentity | null;
  readonly providers: readonly IdentityProvider[];
  readonly humanCheck: HumanCheck | undefined;
  readonly departures: Departures;
  readonly sessions: Sessions;
  readonly browsers: KnownBrowsers;
  clientAddress(c: RequestContext): string;
  readonly signInRefused?: (c: RequestContext, error: AppError) => void;
  /**
   * The person, who has signed in here a moment ago: a way in that is added opens the account for good, so whoever holds
   * a stolen cookie alone must not add one.
   * @throws AppError `authentication_required`, `fresh_sign_in_required`.
   */
  signedInNow(request: Request): Promise<string>;
  user(userId: string): Promise<User | null>;
  /** @throws AppError `identity_taken`; `fresh_sign_in_required` for one that is new. */
  addIdentity(request: Request, userId: string, provider: string, identity: VerifiedIdentity): Promise<UserIdentity>;
  /** Providers at which the person should sign in again. */
  wantedProviders(userId: string): Promise<readonly string[]>;
}

const codeRequest = z.object({
  email: emailAddress,
  /** What the page's check for people gave. */
  human: z.string().max(4096).optional(),
  ...wayBack,
});
type CodeRequest = z.output<typeof codeRequest>;

const signedOut = (): AppError => new AppError("authentication_required", "You are not signed in.");

/** Tells of a sign-in that was refused. */
const noted = <T>(c: RequestContext, parts: Pick<RouteParts, "signInRefused">, step: Promise<T>): Promise<T> =>
  step.catch((error: unknown) => {
    if (error instanceof AppError) parts.signInRefused?.(c, error);
    throw error;
  });

/** Reads who asks for a code, from a page of ours, by a person where that is checked. */
async function codeRequestOf(c: RequestContext, parts: RouteParts): Promise<CodeRequest> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const asked = await readJson(c, codeRequest);
  if (parts.humanCheck) {
    await parts.limits.take(proofsFromClient, parts.clientAddress(c));
    await parts.humanCheck.verify(asked.human, CODE_ACTION);
  }
  return asked;
}

/** Has a provider send a code; the link in its mail comes back by the callback, to this browser. */
async function sendProviderCode(c: RequestContext, parts: RouteParts, provider: string, codes: CodeWay) {
  const asked = await codeRequestOf(c, parts);
  await takeCodeLimits(
    parts.limits,
    asked.email,
    parts.clientAddress(c),
    parts.browsers.nameFor(c.req.raw, asked.email),
  );
  const plan = { provider, channel: channelOf(asked), adds: null, to: destinationOf(asked) };
  const { departure, setCookie } = await parts.departures.leave(c.req.raw, plan);
  return privateJson(await codes.begin(asked.email, departure, parts.clock()), 202, setCookie);
}

function codeRoutes(routes: Routes, parts: RouteParts): void {
  const { email, providers } = parts;
  if (email) {
    const begin = async (c: RequestContext) => {
      const { email: address } = await codeRequestOf(c, parts);
      return email.begin(address, parts.clientAddress(c), parts.browsers.nameFor(c.req.raw, address));
    };
    routes.post("/api/sign-in/email", async (c) => privateJson(await noted(c, parts, begin(c)), 202));
  }
  for (const { id, codes } of providers) {
    if (codes) routes.post(`/api/sign-in/${id}/code`, (c) => noted(c, parts, sendProviderCode(c, parts, id, codes)));
  }
}

/**
 * Signing in and out, and adding identities, as the browser does it. Every write is JSON from our own page, so no
 * other site can sign a person in, out, or to someone else's account.
 */
export function accountRoutes(parts: RouteParts): Routes {
  const { sessions, email, providers } = parts;
  const routes = createRoutes();
  const ownPage = (c: RequestContext): void => requireSameOrigin(c.req.raw, parts.baseUrl);
  const userIdOf = async (c: RequestContext): Promise<string> => {
    const userId = await sessions.userOf(c.req.raw);
    if (userId === null) throw signedOut();
    return userId;
  };
  /** Who only renews what a provider gave needs no fresh sign-in: nothing new leads to the account. */
  const adderOf = async (c: RequestContext, provider: string): Promise<string> => {
    const userId = await userIdOf(c);
    return (await parts.wantedProviders(userId)).includes(provider) ? userId : parts.signedInNow(c.req.raw);
  };
  const proveBy = async (c: RequestContext, way: Way): Promise<VerifiedIdentity> => {
    await parts.limits.take(proofsFromClient, parts.clientAddress(c));
    return way.provider.verify(await readJson(c, way.proof), parts.clock());
  };

  routes.get("/api/sign-in", () => privateJson(signInOptions(providers, { ...parts, email: email !== null }), 200));

  codeRoutes(routes, parts);

  for (const way of waysIn(email, providers)) {
    routes.post(`/api/sign-in/${way.path}`, async (c) => {
      ownPage(c);
      const identity = await noted(c, parts, proveBy(c, way));
      const { userId, cookie } = await sessions.start(c.req.raw, way.provider.id, identity);
      return privateJson({ user: await parts.user(userId) }, 200, cookie, parts.browsers.remember(c.req.raw, identity));
    });

    routes.post(`/api/identities/${way.path}`, async (c) => {
      ownPage(c);
      const userId = await adderOf(c, way.provider.id);
      const identity = await proveBy(c, way);
      const added = await parts.addIdentity(c.req.raw, userId, way.provider.id, identity);
      return privateJson({ identity: added }, 201);
    });
  }

  routes.get("/api/session", async (c) => {
    const cookie = await sessions.slide(c.req.raw);
    const userId = await userIdOf(c);
    const renew = await parts.wantedProviders(userId);
    return privateJson(
      { user: { ...(await parts.user(userId)), ...(renew.length > 0 ? { renew } : {}) } },
      200,
      cookie,
    );
  });

  routes.delete("/api/session", async (c) => {
    ownPage(c);
    const cookie = await sessions.end(c.req.raw);
    return new Response(null, { status: 204, headers: { "set-cookie": cookie, "cache-control": "no-store" } });
  });
  routes.route("/", redirectRoutes({ ...parts, adderOf }));
  return routes;
}
