import * as z from "zod";
import { readJson, readParameters } from "../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../http/router.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { IdentityProvider, VerifiedIdentity } from "../kernel/ports/identity.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import { type CallbackChannel, type Departures, type Plan, type Returned, callbackChannels } from "./departures.ts";
import { channelOf, destinationOf, wayBack } from "./destination.ts";
import { privateJson } from "./private-json.ts";
import type { UserIdentity } from "./records/users.ts";
import type { Sessions } from "./sessions.ts";
import { departuresFromClient, proofsFromClient } from "./sign-in-limits.ts";
import { returnHeaders, troublePage } from "./trouble-page.ts";

interface RedirectParts {
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly limits: LimitsPort;
  readonly providers: readonly IdentityProvider[];
  readonly sessions: Sessions;
  readonly departures: Departures;
  /** Milliseconds that a person who is back waits for the provider, all its answers together. */
  readonly patienceMs?: number | undefined;
  clientAddress(c: RequestContext): string;
  readonly signInRefused?: (c: RequestContext, error: AppError) => void;
  /** The person who may add, or renew, this way in. @throws AppError `authentication_required`, `fresh_sign_in_required`. */
  adderOf(c: RequestContext, provider: string): Promise<string>;
  /** @throws AppError `identity_taken`; `fresh_sign_in_required` for one that is new. */
  addIdentity(request: Request, userId: string, provider: string, identity: VerifiedIdentity): Promise<UserIdentity>;
}

const beginBody = z.object({ door: z.string().max(60), ...wayBack });

/** Where a person adds identities. */
const SETTINGS = "/app/settings";
const SIGN_IN = "/app/sign-in";

function providerOfDoor(providers: readonly IdentityProvider[], door: string): IdentityProvider {
  const provider = providers.find(({ redirect }) => redirect?.doors.some(({ id }) => id === door));
  if (provider) return provider;
  throw new AppError("not_found", "This server is not set up for that way to sign in.");
}

/** Sends the person of this browser to a provider: only our own page can ask for it, so nobody is sent unknowingly. */
async function begin(c: RequestContext, parts: RedirectParts, adds: RedirectParts["adderOf"] | null) {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const body = await readJson(c, beginBody);
  const provider = providerOfDoor(parts.providers, body.door);
  const userId = adds === null ? null : await adds(c, provider.id);
  await parts.limits.take(departuresFromClient, parts.clientAddress(c));
  const isSomewhere = body.request !== undefined || body.to !== undefined;
  const to = userId === null || isSomewhere ? destinationOf(body) : SETTINGS;
  const plan: Plan = { provider: provider.id, channel: channelOf(body), adds: userId, to };
  const { departure, setCookie } = await parts.departures.leave(c.req.raw, plan);
  const location = await provider.redirect?.begin(departure, body.door);
  return privateJson({ location }, 200, setCookie);
}

/** Each answer of a provider has its own time; a person does not wait for the sum of all. */
const PATIENCE_MS = 20_000;

function within<T>(ms: number, title: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = (): void => reject(new AppError("unavailable", `${title} takes too long to answer.`));
  const timer = setTimeout(late, ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/** Who is back must be who left: meanwhile somebody else may have signed in to this browser. */
async function sameAdder(parts: RedirectParts, request: Request, adds: string): Promise<string> {
  if ((await parts.sessions.userOf(request)) === adds) return adds;
  throw new AppError("conflict", "You are signed in as somebody else now, so nothing was added.", {
    next: "Look at who is signed in, and add it again.",
  });
}

/** Signs in, or adds the identity, and goes on to the page where the person was. */
async function settle(parts: RedirectParts, request: Request, { plan, departure }: Returned, returned: string) {
  const provider = parts.providers.find(({ id }) => id === plan.provider);
  if (!provider) throw new AppError("not_found", "This server is no longer set up for that way to sign in.");
  const verifying = provider.verify({ ...departure, returned }, parts.clock());
  const identity = await within(parts.patienceMs ?? PATIENCE_MS, provider.title, verifying);
  const headers = new Headers({ ...returnHeaders, location: `${parts.baseUrl}${plan.to}` });
  if (plan.adds === null) {
    headers.append("set-cookie", (await parts.sessions.start(request, plan.provider, identity)).cookie);
  } else {
    await parts.addIdentity(request, await sameAdder(parts, request, plan.adds), plan.provider, identity);
  }
  return new Response(null, { status: 303, headers });
}

/** For `catch`: a page for what was foreseen; what was not goes on to be logged and answered once. */
const pageFor =
  (c: RequestContext, parts: Pick<RedirectParts, "signInRefused">, back: string, heading = "You are not signed in") =>
  (error: unknown): Promise<Response> => {
    if (!(error instanceof AppError)) throw error;
    parts.signInRefused?.(c, error);
    return troublePage(c, error, { heading, back });
  };

/**
 * `GET /oauth/{channel}/callback`: our redirect URI at providers (RFC 6749 §3.1.2). What the query says is believed only
 * after the browser, the departure and the provider itself agree.
 */
async function comeBack(c: RequestContext, parts: RedirectParts, channel: CallbackChannel): Promise<Response> {
  const { search, searchParams } = new URL(c.req.url);
  const answer = async (): Promise<Response> => {
    await parts.limits.take(proofsFromClient, parts.clientAddress(c));
    const { state } = readParameters(searchParams);
    const back = await parts.departures.comeBack(c.req.raw, channel, state ?? null);
    const to = `${parts.baseUrl}${back.plan.to}`;
    const heading = back.plan.adds === null ? undefined : "Nothing was added";
    return settle(parts, c.req.raw, back, search.slice(1)).catch(pageFor(c, parts, to, heading));
  };
  return answer().catch(pageFor(c, parts, `${parts.baseUrl}${SIGN_IN}`));
}

/** Signing in, and adding an identity, at a provider's own pages. */
export function redirectRoutes(parts: RedirectParts): Routes {
  const routes = createRoutes();
  routes.post("/api/sign-in/redirect", (c) => begin(c, parts, null));
  routes.post("/api/identities/redirect", (c) => begin(c, parts, parts.adderOf));
  for (const channel of callbackChannels) routes.get(`/oauth/${channel}/callback`, (c) => comeBack(c, parts, channel));
  return routes;
}
