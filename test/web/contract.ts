import { requireSameOrigin } from "../../src/http/same-origin.ts";
import { errorResponse } from "../../src/http/errors.ts";
import { type RequestContext, type Routes, createRoutes } from "../../src/http/router.ts";
import { AppError, asAppError } from "../../src/kernel/errors.ts";
import { accountRoutes, signInRoutes } from "./account-contract.ts";
import { approvalRoutes, missedEvents } from "./approvals-contract.ts";
import { linkRoutes } from "./links-contract.ts";
import { inMinutes } from "./samples.ts";
import { workRoutes } from "./work-contract.ts";
import { type Line, type World, ownJson, userOf } from "./world.ts";

const PROOF = "01939f00-0000-7000-9000-00000000beef";

function refuseWhereAsked(world: World, c: RequestContext): void {
  const request = `${c.req.method} ${c.req.path}`;
  const [first, ...rest] = world.failures.get(request) ?? [];
  world.failures.set(request, rest);
  if (first) throw first;
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
