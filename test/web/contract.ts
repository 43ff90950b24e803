import { requireSameOrigin } from "../../src/http/same-origin.ts";
import { errorResponse } from "../../src/http/errors.ts";
import { type RequestContext, type Routes, createRoutes } from "../../src/http/router.ts";
import { AppError } from "../../src/kernel/errors.ts";

/** The API as the pages' contract states it, held in memory, with every answer in the test's hand. */
export interface World {
  /** The signed-in person, or null. */
  person: string | null;
  localMailbox: boolean;
  providers: { id: string; title: string }[];
  /** Codes sent so far, and to whom; the last one is right. */
  readonly codes: { email: string; code: string }[];
  readonly consents: Map<string, Record<string, unknown>>;
  /** Decisions taken. */
  readonly decisions: { request: string; user_consent: boolean; person: string | null }[];
  /** Where the person goes after a decision; the answer is added to it. */
  redirectUri: string;
  grants: Record<string, unknown>[];
  receipts: Record<string, unknown>[];
  /** The next requests to `METHOD path` fail so, once each. */
  readonly failures: Map<string, AppError[]>;
  /** Holds answers back until the test lets them go. */
  gate: Promise<void>;
}

export const newWorld = (): World => ({
  person: null,
  localMailbox: true,
  providers: [{ id: "email", title: "Email" }],
  codes: [],
  consents: new Map(),
  decisions: [],
  redirectUri: "https://claude.ai/api/mcp/auth_callback",
  grants: [],
  receipts: [],
  failures: new Map(),
  gate: Promise.resolve(),
});

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

/** Makes the next request to `METHOD path` fail. */
export function failNext(world: World, request: string, error: AppError): void {
  world.failures.set(request, [...(world.failures.get(request) ?? []), error]);
}

const scopes = [
  { name: "read", grants: "Read your items and intents" },
  { name: "write", grants: "Add to and change your items and intents" },
  { name: "profile", grants: "See who you are and your receipts" },
];

/** A client that asks to be linked. */
export const consentOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  client: { id: "c_7f3kQm2xV9", name: "Claude", uri: null },
  redirectHost: "claude.ai",
  redirectKind: "https",
  scopes,
  droppedScopes: [],
  expiresAt: inMinutes(10),
  ...more,
});

/** A linked account. */
export const grantOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: "01939f00-0000-7000-8000-000000000001",
  clientId: "c_7f3kQm2xV9",
  clientName: "Claude",
  channel: "claude",
  redirectHost: "claude.ai",
  scopes,
  createdAt: "2026-11-12T09:30:00.000Z",
  lastUsedAt: inMinutes(-3),
  ...more,
});

/** A receipt; `index` counts back in time. */
export const receiptOf = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `01939f00-0000-7000-9000-${String(index).padStart(12, "0")}`,
  tool: "extract_intent",
  clientName: "Claude",
  channel: "claude",
  effect: "write",
  outcome: "ok",
  code: null,
  argsDigest: "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
  startedAt: inMinutes(-7 * index - 1),
  latencyMs: 12 + index * 31,
  requestId: `5f0c1a52-77aa-4c1e-9a57-${String(index).padStart(12, "0")}`,
  ...more,
});

const signedOut = (): AppError => new AppError("authentication_required", "You are not signed in.");

function refuseWhereAsked(world: World, c: RequestContext): void {
  const request = `${c.req.method} ${c.req.path}`;
  const [first, ...rest] = world.failures.get(request) ?? [];
  world.failures.set(request, rest);
  if (first) throw first;
}

async function ownJson(c: RequestContext, baseUrl: string): Promise<Record<string, unknown>> {
  requireSameOrigin(c.req.raw, baseUrl);
  if (c.req.header("origin") === undefined) throw new AppError("forbidden_origin", "A browser sends its origin.");
  if (c.req.header("content-type") !== "application/json") throw new AppError("unsupported_media_type", "JSON only.");
  return c.req.json();
}

function signInRoutes(world: World, routes: Routes, baseUrl: string): void {
  const user = () => {
    if (world.person === null) throw signedOut();
    return { user: { id: "u1", label: world.person, createdAt: inMinutes(-99), identities: [] } };
  };
  routes.get("/api/sign-in", () => Response.json({ providers: world.providers, localMailbox: world.localMailbox }));
  routes.post("/api/sign-in/email", async (c) => {
    const { email } = await ownJson(c, baseUrl);
    world.codes.push({ email: String(email), code: String(424_240 + world.codes.length + 1) });
    return Response.json({ challenge: `challenge-${world.codes.length}`, expiresAt: inMinutes(10) }, { status: 202 });
  });
  routes.post("/api/sign-in/email/verify", async (c) => {
    const { challenge, code } = await ownJson(c, baseUrl);
    const sent = world.codes.at(-1);
    if (challenge !== `challenge-${world.codes.length}` || code !== sent?.code) {
      throw new AppError("invalid_code", "This code is wrong, used, or no longer valid.");
    }
    world.person = sent?.email ?? null;
    return Response.json(user());
  });
  routes.get("/api/session", () => Response.json(user()));
  routes.delete("/api/session", (c) => {
    requireSameOrigin(c.req.raw, baseUrl);
    world.person = null;
    return new Response(null, { status: 204 });
  });
}

const gone = (): AppError =>
  new AppError("invalid_request", "This request is too old, or was opened in another browser.", {
    next: "Go back to the assistant and start linking again.",
  });

function answerOf(world: World, allowed: boolean): Record<string, unknown> {
  const to = new URL(world.redirectUri);
  to.searchParams.set(allowed ? "code" : "error", allowed ? "one-time-code" : "access_denied");
  return allowed
    ? { redirect_uri: to.href, code: "one-time-code", scope: "read" }
    : { redirect_uri: to.href, error: "access_denied" };
}

function consentRoutes(world: World, routes: Routes, baseUrl: string): void {
  routes.get("/api/consent", (c) => {
    const consent = world.consents.get(c.req.query("request") ?? "");
    if (!consent) throw gone();
    return Response.json({ ...consent, user: world.person === null ? null : { label: world.person } });
  });
  routes.post("/authorize", async (c) => {
    const { request, user_consent } = await ownJson(c, baseUrl);
    if (!world.consents.delete(String(request))) throw gone();
    const allowed = user_consent === true;
    if (allowed && world.person === null) throw signedOut();
    world.decisions.push({ request: String(request), user_consent: allowed, person: world.person });
    return Response.json(answerOf(world, allowed));
  });
}

function personRoutes(world: World, routes: Routes, baseUrl: string): void {
  const person = (): void => {
    if (world.person === null) throw signedOut();
  };
  routes.get("/api/grants", () => {
    person();
    return Response.json({ grants: world.grants });
  });
  routes.delete("/api/grants/:id", (c) => {
    requireSameOrigin(c.req.raw, baseUrl);
    person();
    world.grants = world.grants.filter((grant) => grant["id"] !== c.req.param("id"));
    return Response.json({ receiptId: "01939f00-0000-7000-9000-00000000beef" });
  });
  routes.get("/receipts", (c) => {
    person();
    const limit = Number(c.req.query("limit"));
    const tool = c.req.query("tool");
    const all = world.receipts.filter((receipt) => tool === undefined || receipt["tool"] === tool);
    const start = Number(c.req.query("cursor") ?? 0);
    const next = start + limit < all.length ? String(start + limit) : null;
    return Response.json({ receipts: all.slice(start, start + limit), next });
  });
}

/** The whole contract over one world. */
export function contractRoutes(world: World, baseUrl: string): Routes {
  const routes = createRoutes();
  routes.use("*", async (c, next) => {
    if (c.req.path.startsWith("/app")) return next();
    await world.gate;
    refuseWhereAsked(world, c);
    return next();
  });
  signInRoutes(world, routes, baseUrl);
  consentRoutes(world, routes, baseUrl);
  personRoutes(world, routes, baseUrl);
  routes.onError((error, c) =>
    errorResponse(
      c,
      error instanceof AppError
        ? error
        : new AppError("internal", "Something went wrong on our side.", { cause: error }),
    ),
  );
  return routes;
}
