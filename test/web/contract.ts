import { requireSameOrigin } from "../../src/http/same-origin.ts";
import { errorResponse } from "../../src/http/errors.ts";
import { type RequestContext, type Routes, createRoutes } from "../../src/http/router.ts";
import { AppError, asAppError } from "../../src/kernel/errors.ts";
import { type ApprovalsWorld, approvalRoutes, missedEvents, newApprovalsWorld } from "./approvals-contract.ts";
import { type AdminWorld, linkRoutes, newAdminWorld } from "./links-contract.ts";
import { inMinutes } from "./samples.ts";
import { type WorkWorld, newWorkWorld, workRoutes } from "./work-contract.ts";

/** The API as the pages' contract states it, held in memory, with every answer in the test's hand. */
export interface World {
  /** The signed-in person, or null. */
  person: string | null;
  displayName: string | null;
  /** The person's ways to sign in; the one of their label when empty. */
  identities: Record<string, unknown>[];
  localMailbox: boolean;
  providers: { id: string; title: string; way: string; script?: { url: string; appId: string } }[];
  humanCheck: { siteKey: string; scriptUrl: string; action: string } | null;
  /** What came with each request for a code, and doors that were asked for. */
  readonly asked: Record<string, unknown>[];
  /** Codes sent so far, and to whom; the last one is right. */
  readonly codes: { email: string; code: string }[];
  readonly consents: Map<string, Record<string, unknown>>;
  /** Decisions taken. */
  readonly decisions: { request: string; user_consent: boolean; person: string | null }[];
  /** Where the person goes after a decision; the answer is added to it. */
  redirectUri: string;
  grants: Record<string, unknown>[];
  receipts: Record<string, unknown>[];
  intents: Record<string, unknown>[];
  /** Windows that follow the person's receipts. */
  readonly lines: Set<Line>;
  /** The person's own attempts to link. */
  attempts: Record<string, unknown>[];
  readonly admin: AdminWorld;
  readonly approvals: ApprovalsWorld;
  readonly work: WorkWorld;
  /** What a person hears who asks for all of their data. */
  exported: unknown;
  /** The next requests to `METHOD path` fail so, once each. */
  readonly failures: Map<string, AppError[]>;
  /** Holds answers back until the test lets them go. */
  gate: Promise<void>;
}

/** One window that follows. */
interface Line {
  /** The last event that it has, where it comes back. */
  readonly after: string | undefined;
  send(text: string): void;
  cut(): void;
  /** A newer window takes its place. */
  take(): void;
}

export const newWorld = (): World => ({
  person: null,
  displayName: null,
  identities: [],
  localMailbox: true,
  providers: [{ id: "email", title: "Email", way: "code" }],
  humanCheck: null,
  asked: [],
  codes: [],
  consents: new Map(),
  decisions: [],
  redirectUri: "https://claude.ai/api/mcp/auth_callback",
  grants: [],
  receipts: [],
  intents: [],
  lines: new Set(),
  attempts: [],
  admin: newAdminWorld(),
  approvals: newApprovalsWorld(),
  work: newWorkWorld(),
  exported: { intents: [] },
  failures: new Map(),
  gate: Promise.resolve(),
});

/** Makes the next request to `METHOD path` fail. */
export function failNext(world: World, request: string, error: AppError): void {
  world.failures.set(request, [...(world.failures.get(request) ?? []), error]);
}

const PROOF = "01939f00-0000-7000-9000-00000000beef";

const listOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);

const signedOut = (): AppError => new AppError("authentication_required", "You are not signed in.");

/** The signed-in person as the API gives them. @throws AppError `authentication_required`. */
function userOf(world: World): Record<string, unknown> {
  if (world.person === null) throw signedOut();
  const own = { id: "i1", issuer: "email", label: world.person, createdAt: "2026-11-01T08:00:00.000Z" };
  const identities = world.identities.length > 0 ? world.identities : [own];
  const { person: label, displayName, admin } = world;
  const roles = admin.isAdmin ? ["admin"] : [];
  return { id: `user of ${label}`, label, displayName, createdAt: "2026-11-01T08:00:00.000Z", identities, roles };
}

/** The address that a code proves. @throws AppError `invalid_code`. */
function provenAddress(world: World, { challenge, code }: Record<string, unknown>): string {
  const sent = world.codes.at(-1);
  if (!sent || challenge !== `challenge-${world.codes.length}` || code !== sent.code)
    throw new AppError("invalid_code", "This code is wrong, used, or no longer valid.");
  return sent.email;
}

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
  routes.get("/api/sign-in", () => {
    const { providers, localMailbox, humanCheck } = world;
    return Response.json({ providers, localMailbox, humanCheck });
  });
  routes.post("/api/sign-in/email", async (c) => {
    const { email, ...asked } = await ownJson(c, baseUrl);
    world.asked.push(asked);
    if (world.humanCheck !== null && asked["human"] === undefined)
      throw new AppError("human_check_failed", "We could not tell that you are a person.");
    world.codes.push({ email: String(email), code: String(424_240 + world.codes.length + 1) });
    return Response.json({ challenge: `challenge-${world.codes.length}`, expiresAt: inMinutes(10) }, { status: 202 });
  });
  routes.post("/api/sign-in/email/verify", async (c) => {
    world.person = provenAddress(world, await ownJson(c, baseUrl));
    world.approvals.fresh = true;
    return Response.json({ user: userOf(world) });
  });
  routes.on("POST", ["/api/sign-in/redirect", "/api/identities/redirect"], async (c) => {
    world.asked.push(await ownJson(c, baseUrl));
    return Response.json({ location: world.redirectUri });
  });
  routes.post("/api/identities/privy", async (c) => {
    await ownJson(c, baseUrl);
    const identity = {
      id: "i9",
      issuer: "privy.io",
      label: "Privy account …123456",
      createdAt: "2026-11-21T08:00:00.000Z",
    };
    world.identities.push(identity);
    return Response.json({ identity }, { status: 201 });
  });
  routes.post("/api/sign-in/privy", async (c) => {
    const { token } = await ownJson(c, baseUrl);
    if (token !== "a token of Privy's") throw new AppError("invalid_token", "This Privy sign-in is not valid.");
    world.person = "Privy account …123456";
    return Response.json({ user: userOf(world) });
  });
  routes.get("/api/session", () => Response.json({ user: userOf(world) }));
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

const refOf = (person: string): string => `ref-of-${person}`;

/** Only the person whom the page showed may allow, as the server has it. */
function requireShown(world: World, shown: unknown): void {
  if (world.person === null) throw new AppError("authentication_required", "Sign in before you decide.");
  if (shown === refOf(world.person)) return;
  throw new AppError("conflict", "You are signed in as somebody else now.", {
    next: "Look at who is signed in, and decide again.",
  });
}

function consentRoutes(world: World, routes: Routes, baseUrl: string): void {
  routes.get("/api/consent", (c) => {
    const consent = world.consents.get(c.req.query("request") ?? "");
    if (!consent) throw gone();
    const user = world.person === null ? null : { label: world.person, ref: refOf(world.person) };
    return Response.json({ ...consent, user });
  });
  routes.post("/authorize", async (c) => {
    const { request, user_consent, person } = await ownJson(c, baseUrl);
    if (!world.consents.has(String(request))) throw gone();
    const allowed = user_consent === true;
    if (allowed) requireShown(world, person);
    world.consents.delete(String(request));
    world.decisions.push({ request: String(request), user_consent: allowed, person: world.person });
    return Response.json(answerOf(world, allowed));
  });
}

/** A page of a list; a cursor counts what came before. */
function pageOf<T>(c: RequestContext, all: readonly T[]): { page: readonly T[]; next: string | null } {
  const limit = Number(c.req.query("limit") ?? 25);
  const start = Number(c.req.query("cursor") ?? 0);
  return { page: all.slice(start, start + limit), next: start + limit < all.length ? String(start + limit) : null };
}

const holds = (words: string, ...texts: readonly unknown[]): boolean =>
  texts.some((text) =>
    String(text ?? "")
      .toLowerCase()
      .includes(words.trim().toLowerCase()),
  );

function personRoutes(world: World, routes: Routes, baseUrl: string): void {
  routes.get("/api/grants", () => {
    userOf(world);
    return Response.json({ grants: world.grants });
  });
  routes.delete("/api/grants/:id", (c) => {
    requireSameOrigin(c.req.raw, baseUrl);
    userOf(world);
    world.grants = world.grants.filter((grant) => grant["id"] !== c.req.param("id"));
    return Response.json({ receiptId: PROOF });
  });
  routes.get("/receipts", (c) => {
    userOf(world);
    const words = c.req.query("q") ?? "";
    const among = world.receipts.filter(
      (receipt) =>
        ["id", "tool", "outcome", "channel"].every((name) => (c.req.query(name) ?? receipt[name]) === receipt[name]) &&
        holds(words, receipt["tool"], receipt["title"], receipt["clientName"], receipt["requestId"], receipt["code"]),
    );
    const { page, next } = pageOf(c, among);
    return Response.json({ receipts: page, next });
  });
  routes.get("/api/used-tools", () => {
    userOf(world);
    const used = new Map(world.receipts.map(({ tool, title }) => [tool, title]));
    return Response.json({ tools: [...used].map(([name, title]) => ({ name, title })) });
  });
}

function intentRoutes(world: World, routes: Routes, baseUrl: string): void {
  const change = (c: RequestContext, part: Record<string, unknown>): Record<string, unknown> => {
    requireSameOrigin(c.req.raw, baseUrl);
    userOf(world);
    const intent = world.intents.find(({ id }) => id === c.req.param("id"));
    if (!intent) throw new AppError("not_found", "You have no intent with this id.");
    return Object.assign(intent, part);
  };
  routes.get("/api/intents", (c) => {
    userOf(world);
    const archived = c.req.query("archived") === "true";
    const among = world.intents.filter(
      (intent) =>
        (intent["archivedAt"] !== null) === archived &&
        holds(c.req.query("q") ?? "", intent["payload"], intent["summary"]),
    );
    const { page, next } = pageOf(c, among);
    return Response.json({ intents: page, next });
  });
  routes.patch("/api/intents/:id", async (c) => {
    const { payload, summary } = await ownJson(c, baseUrl);
    const twin = world.intents.find((intent) => intent["payload"] === payload && intent["id"] !== c.req.param("id"));
    if (twin) throw new AppError("conflict", "You have another active intent in these words.");
    return Response.json({ intent: change(c, { payload, summary }), receiptId: PROOF });
  });
  routes.delete("/api/intents/:id", (c) => {
    change(c, { archivedAt: inMinutes(0) });
    return Response.json({ receiptId: PROOF });
  });
  routes.post("/api/intents/:id/restore", async (c) => {
    await ownJson(c, baseUrl);
    change(c, { archivedAt: null });
    return Response.json({ receiptId: PROOF });
  });
}

const nothing = (): Response => new Response(null, { status: 204 });

function accountRoutes(world: World, routes: Routes, baseUrl: string): void {
  routes.patch("/api/profile", async (c) => {
    const { displayName } = await ownJson(c, baseUrl);
    world.displayName = typeof displayName === "string" ? displayName : null;
    return Response.json({ user: userOf(world) });
  });
  routes.post("/api/identities/email/verify", async (c) => {
    const label = provenAddress(world, await ownJson(c, baseUrl));
    if (label === "taken@example.com")
      throw new AppError("identity_taken", "Another account signs in with that address.");
    const identity = { id: `i${world.identities.length + 2}`, issuer: "email", label, createdAt: inMinutes(0) };
    world.identities = [...listOf(userOf(world)["identities"]), identity];
    return Response.json({ identity }, { status: 201 });
  });
  routes.delete("/api/identities/:id", (c) => {
    requireSameOrigin(c.req.raw, baseUrl);
    world.identities = world.identities.filter(({ id }) => id !== c.req.param("id"));
    return nothing();
  });
  routes.post("/api/sign-out-everywhere", async (c) => {
    await ownJson(c, baseUrl);
    world.person = null;
    return nothing();
  });
  routes.get("/api/export", () => {
    userOf(world);
    const headers = { "content-disposition": 'attachment; filename="bellhop-export-2026-11-21.json"' };
    return Response.json(world.exported, { headers });
  });
  routes.delete("/api/account", async (c) => {
    const { confirm } = await ownJson(c, baseUrl);
    if (String(confirm).toLowerCase() !== world.person)
      throw new AppError("invalid_input", "That is not the name of this account.");
    world.person = null;
    return nothing();
  });
}

const eventText = (receipt: Record<string, unknown>): string =>
  `id: ${String(receipt["id"])}\nevent: receipt\ndata: ${JSON.stringify(receipt)}\n\n`;

/** What came after an event, oldest first. */
function missed(world: World, last: string | undefined): string {
  const at = world.receipts.findIndex(({ id }) => id === last);
  return world.receipts.slice(0, Math.max(at, 0)).toReversed().map(eventText).join("");
}

function eventRoutes(world: World, routes: Routes): void {
  routes.get("/api/events", (c) => {
    userOf(world);
    const after = c.req.header("last-event-id");
    const opening = `retry: 100\n\n${missed(world, after)}${missedEvents(world.approvals, after)}`;
    const encoder = new TextEncoder();
    let line: Line | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const opened: Line = {
          after,
          send: (text) => controller.enqueue(encoder.encode(text)),
          cut: () => {
            world.lines.delete(opened);
            controller.close();
          },
          take: () => {
            opened.send("event: elsewhere\ndata: {}\n\n");
            opened.cut();
          },
        };
        line = opened;
        world.lines.add(opened);
        opened.send(opening);
      },
      cancel: () => void (line && world.lines.delete(line)),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  });
}

/** A call is made for the person: its receipt is the newest, and every window that follows hears of it. */
export function happen(world: World, receipt: Record<string, unknown>): void {
  world.receipts = [receipt, ...world.receipts.filter(({ id }) => id !== receipt["id"])];
  for (const line of world.lines) line.send(eventText(receipt));
}

/** The whole contract over one world. */
export function contractRoutes(world: World, baseUrl: string): Routes {
  const routes = createRoutes();
  const jsonOf = (c: RequestContext): Promise<Record<string, unknown>> => ownJson(c, baseUrl);
  routes.use("*", async (c, next) => {
    if (c.req.path.startsWith("/app")) return next();
    await world.gate;
    refuseWhereAsked(world, c);
    return next();
  });
  signInRoutes(world, routes, baseUrl);
  consentRoutes(world, routes, baseUrl);
  personRoutes(world, routes, baseUrl);
  intentRoutes(world, routes, baseUrl);
  accountRoutes(world, routes, baseUrl);
  eventRoutes(world, routes);
  linkRoutes(world, routes, jsonOf);
  approvalRoutes(world, routes, jsonOf);
  workRoutes(world, routes, jsonOf);
  routes.onError((error, c) => errorResponse(c, asAppError(error)));
  return routes;
}
